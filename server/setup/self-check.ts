/** Grades the samples of a course and compares: the proof that this installation grades. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomNumbers } from '../courses/random-numbers.ts';
import { type Expectation, readSamples, type Sample } from '../courses/samples.ts';
import type { Course, Task } from '../courses/task.ts';
import type { Environment } from '../environments/environment.ts';
import type { Grader } from '../grading/grader.ts';
import { toGraderInput } from '../grading/input.ts';
import type { Outcome } from '../store/collections.ts';

export type CheckedSample = {
  task: string;
  sample: string;
  /** What differs from what the sample expects, one sentence each; empty: as expected. */
  differences: string[];
  outcome: Outcome | null;
};

export const sampleCircumstances = {
  username: 'sample',
  email: 'sample@example.org',
  lang: 'en',
  attempts: 1,
  state: '',
};

export async function checkSample(
  grader: Grader,
  common: string | null,
  task: Task,
  sample: Sample,
  stopped: AbortSignal,
): Promise<CheckedSample> {
  const about = { task: task.id, sample: sample.name };
  const random = randomNumbers(task, sampleCircumstances.username, 0);
  try {
    await using graded = await grader({
      runId: `check-${task.id}-${sample.name}-${process.pid}`.replace(/[^\w.-]/g, '_'),
      attempt: 1,
      task,
      common,
      input: toGraderInput(sample.answers, { ...sampleCircumstances, random, at: new Date() }),
      runtime: null,
      debug: false,
      signal: stopped,
      publish: () => {},
    });
    return { ...about, outcome: graded.outcome, differences: compare(sample.expect, graded.outcome) };
  } catch (error) {
    return { ...about, outcome: null, differences: [error instanceof Error ? error.message : String(error)] };
  }
}

export function compare(expect: Expectation, outcome: Outcome): string[] {
  const differences: string[] = [];
  if (outcome.verdict !== expect.verdict) {
    differences.push(
      `expected verdict ${expect.verdict}, got ${outcome.verdict}: ${outcome.summary} ${outcome.details}`.trim(),
    );
  }
  if (expect.grade !== undefined && outcome.grade !== expect.grade) {
    differences.push(`expected grade ${expect.grade}, got ${outcome.grade}`);
  }
  for (const [id, result] of Object.entries(expect.problems ?? {})) {
    const entry = outcome.report.problems[id];
    const got = Array.isArray(entry) ? entry[0] : 'none';
    if (got !== result) differences.push(`problem ${id}: expected ${result}, got ${got}`);
  }
  return differences;
}

/** Every sample of a course, two at a time. */
export async function checkCourse(
  grader: Grader,
  course: Course,
  stopped: AbortSignal,
  onChecked: (checked: CheckedSample) => void,
): Promise<CheckedSample[]> {
  const work: (() => Promise<CheckedSample>)[] = [];
  for (const task of course.tasks) {
    const read = await readSamples(task.folder);
    if ('problems' in read)
      throw new Error(read.problems.map(({ file, message }) => `${file}: ${message}`).join('\n'));
    for (const sample of read.samples)
      work.push(() => checkSample(grader, course.common, task, sample, stopped));
  }
  const results: CheckedSample[] = [];
  const lane = async () => {
    for (let job = work.shift(); job && !stopped.aborted; job = work.shift()) {
      const checked = await job();
      results.push(checked);
      onChecked(checked);
    }
  };
  await Promise.all([lane(), lane()]);
  return results;
}

const STAMP = 'self-check.json';

/** Changes whenever the check could come out differently: other images, other grading API, other version. */
export function checkKey(environments: readonly Environment[], version: string): string {
  const what = environments.map(({ name, digest, runtime }) => `${name} ${digest} ${runtime}`).sort();
  return createHash('sha256')
    .update(`${version}\n${what.join('\n')}`)
    .digest('hex');
}

export async function wasChecked(data: string, key: string): Promise<boolean> {
  return (await readFile(join(data, STAMP), 'utf8').catch(() => '')) === `${key}\n`;
}

export const rememberCheck = (data: string, key: string): Promise<void> =>
  writeFile(join(data, STAMP), `${key}\n`);
