/** Measures one ending: grades a program, and returns how long after the event Gradeport knew it. */
import type { Engine } from '../../server/ports/engine/engine.ts';
import type { EngineProxy } from '../../test/support/engine-proxy.ts';
import { containerOf, firstProcessOf } from '../../test/support/first-process.ts';
import type { TestGrader } from '../../test/support/grade.ts';
import type { EndingCase } from './cases.ts';

export type Where = 'grading' | 'student';

const now = (): number => Date.now() / 1000;

/** A grader that runs the program in a student container and prints when it learned of its end. */
const HARNESS = `#!/usr/bin/env python3
import os, time
from inginious_container_api import feedback, run_student
with open('/task/student/program.py', 'w') as file:
    file.write(open('/task/program.py').read())
if SAY_AT_ONCE:
    out = 1
else:
    out = os.memfd_create('out')
code = run_student.run_student('python3 program.py', working_dir='/task/student', stdout=out, stderr=2 if SAY_AT_ONCE else None)
known = time.time()
if not SAY_AT_ONCE:
    size = os.lseek(out, 0, os.SEEK_END)
    os.lseek(out, max(0, size - 4096), os.SEEK_SET)
    said = [line for line in os.read(out, 4096).decode('utf-8', 'replace').split('\\n') if line.startswith('T ')]
    print('\\n'.join(said[-2:]), flush=True)
print('KNOWN %.6f' % known, flush=True)
feedback.set_global_result('success' if code == 0 else 'failed')
`;

function taskFiles({ program, act }: EndingCase, where: Where): Record<string, string> {
  if (where === 'grading') return { run: `#!/usr/bin/env python3\nPLACE = '/task'\n${program}` };
  return {
    run: HARNESS.replaceAll('SAY_AT_ONCE', act ? 'True' : 'False'),
    'program.py': `PLACE = '/task/student'\n${program}`,
  };
}

const clocks = (text: string, word: string): number[] =>
  [...text.matchAll(new RegExp(`^${word} (\\d+\\.\\d{6})$`, 'gm'))].map((match) => Number(match[1]));

export type House = { grader: TestGrader; engine: Engine };

/** @returns ms from the event (or the limit) to the moment it was known; fails on an unexpected verdict */
export async function measureEnding(
  { grader, engine }: House,
  ending: EndingCase,
  where: Where,
  runtime: string,
  proxy: EngineProxy,
): Promise<number> {
  let printed = '';
  let acted: number | null = null;
  const stop = new AbortController();
  const act = async () => {
    acted = Number.POSITIVE_INFINITY;
    if (ending.act === 'kill-container') {
      const pid = await firstProcessOf(await containerOf(engine.containers, grader.instance, where));
      acted = now();
      process.kill(pid, 'SIGKILL');
      return;
    }
    acted = now();
    if (ending.act === 'stop') stop.abort();
    else await proxy.cut();
  };
  let known = 0;
  const limits = {
    time: 10,
    hard_time: 20,
    memory: 256,
    ...ending.limits,
    ...(where === 'grading' ? ending.gradingLimits : {}),
  };
  const outcome = await grader
    .grade(
      { files: taskFiles(ending, where), limits },
      {
        runtime,
        signal: stop.signal,
        onOutcome: () => {
          known = now();
        },
        onEvent: (event) => {
          if (event.type !== 'output') return;
          printed += event.text;
          if (ending.act && acted === null && clocks(printed, 'T').length > 0) void act();
        },
      },
    )
    .catch((error: Error) => {
      known = now();
      return { verdict: null, summary: error.message };
    });
  if (ending.act === 'cut-engine') await proxy.restore();
  if (outcome.verdict !== ending.verdict[where])
    throw new Error(`It got the verdict ${outcome.verdict}: ${JSON.stringify(outcome).slice(0, 600)}`);
  const said = clocks(printed, 'T');
  const event = acted ?? (ending.after === undefined ? said.at(-1) : sum(said[0], ending.after));
  if (event === undefined) throw new Error(`It said no time: ${printed.slice(-300)}`);
  // With a student container, the grader waits for the end and then continues.
  const heard = where === 'student' && !ending.act ? clocks(printed, 'KNOWN')[0] : known;
  if (heard === undefined) throw new Error('The grader was not informed of the end.');
  return (heard - event) * 1000;
}

const sum = (first: number | undefined, more: number) => (first === undefined ? undefined : first + more);
