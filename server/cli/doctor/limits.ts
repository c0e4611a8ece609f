/** Whether limits really hold: a program, graded like a student's, exceeds each of them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainTask } from '../../courses/plain-task.ts';
import type { Task } from '../../courses/task.ts';
import type { Outcome } from '../../model/collections.ts';
import { uncountedText } from '../../model/uncounted.ts';
import { gradeOnce, sampleCircumstances } from '../../samples/self-check.ts';
import type { Grader } from '../../worker/grade-task.ts';
import { toGraderInput } from '../../worker/grader-input.ts';
import { type Check, fail, ok } from './check.ts';
import type { Probe } from './probes.ts';

/** Decides nothing itself: if a grader reports "failed", the verdict names the limit that its student hit. */
const RUN = `#!/bin/sh
getinput probe > student/probe.py
cd student
said=$(run_student 'python3 probe.py' 2>&1 | head -c 2000)
feedback-result failed
feedback-msg -m "\${said:-nothing}"
`;

/** @param name of the environment to test */
export async function limitCheck(
  grader: Grader,
  name: string,
  probe: Probe,
  stopped: AbortSignal,
): Promise<Check> {
  const { check } = probe;
  const folder = await mkdtemp(join(tmpdir(), 'gradeport-doctor-'));
  try {
    await writeFile(join(folder, 'run'), RUN, { mode: 0o755 });
    const task = taskOf(folder, name, probe);
    const input = toGraderInput(new Map([['probe', probe.program]]), {
      ...sampleCircumstances,
      at: new Date(),
    });
    const graded = await gradeOnce(grader, { task, common: null, input, name: 'probe' }, stopped);
    if ('fault' in graded) return fail(check, `It could not be tried: ${graded.fault}`, probe.next);
    return judge(probe, graded.outcome);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const taskOf = (folder: string, environment: string, { limits }: Probe): Task => ({
  ...plainTask,
  id: 'doctor',
  course: 'doctor',
  name: 'A limit',
  folder,
  environment,
  limits,
});

function judge(
  { check, expect, held, broken, next }: Probe,
  { verdict, summary, report, uncounted }: Outcome,
): Check {
  const holds = verdict === expect.verdict || expect.printed?.test(report.text) === true;
  if (holds) return ok(check, uncounted ? `${held} Not counted here: ${uncountedText(uncounted)}.` : held);
  const got = [`${verdict}:`, summary, report.text].join(' ').trim().replace(/\s+/g, ' ').slice(0, 300);
  // The test proved nothing: the grader itself did not reach its end.
  return verdict === 'crashed' || verdict === 'killed'
    ? fail(check, `It could not be tried (${got}).`, next)
    : fail(check, `${broken} (${got})`, next);
}
