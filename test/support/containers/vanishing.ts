/** Runs to which something happens in the middle, and what killed containers are killed with. */
import { openClient } from '../../../server/adapters/docker/client.ts';
import type { TestGrader } from '../grade.ts';

export const GRADER = `#!/bin/bash
feedback-result success
echo running
sleep 20
`;
export const WITH_STUDENT = `#!/bin/bash
feedback-result success
run_student "sh -c 'echo running; sleep 20'"
`;

/** Grades, does something once the program runs, and gives the verdict, or what the grader threw. */
export async function whenRunning(
  { by, run, runtime }: { by: TestGrader; run: string; runtime: string },
  act: () => Promise<void>,
): Promise<unknown> {
  let acting: Promise<void> | null = null;
  const failure = await by
    .grade(
      { files: { run } },
      {
        runtime,
        onEvent: (event) => {
          if (event.type === 'output' && event.text.includes('running')) acting ??= act();
        },
      },
    )
    .then((outcome) => outcome.verdict)
    .catch((error: unknown) => error);
  await acting;
  return failure;
}

/** Past the engine where the user may; another user can only ask the engine. */
export async function killFirstProcess(id: string): Promise<void> {
  const container = openClient().getContainer(id);
  if (process.getuid?.() !== 0) return void (await container.kill({ signal: 'SIGKILL' }));
  process.kill((await container.inspect()).State.Pid, 'SIGKILL');
}
