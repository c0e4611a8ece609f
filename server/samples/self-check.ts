/** Grades the samples of a course and compares the results: the proof that this installation grades correctly. */
import { createHash } from 'node:crypto';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomNumbers } from '../courses/random-numbers.ts';
import type { Course, Task } from '../courses/task.ts';
import type { Environment } from '../environments/discovery/environment.ts';
import type { GraderInput } from '../execution/run/grading-job.ts';
import type { Outcome } from '../model/collections.ts';
import { mapAtMost } from '../rules/turns.ts';
import type { Grader } from '../worker/grade-task.ts';
import { toGraderInput } from '../worker/grader-input.ts';
import { type Expectation, readSamples, type Sample } from './task-samples.ts';

export type CheckedSample = {
  task: string;
  sample: string;
  /** Differences from what the sample expects, one sentence each; empty: as expected. */
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
  const input = toGraderInput(sample.answers, { ...sampleCircumstances, random, at: new Date() });
  const graded = await gradeOnce(grader, { task, common, input, name: sample.name }, stopped);
  if ('fault' in graded) return { ...about, outcome: null, differences: [graded.fault] };
  return { ...about, ...graded, differences: compare(sample.expect, graded.outcome) };
}

export type TryOut = { task: Task; common: string | null; input: GraderInput; name: string };

/** Grades one input, and removes the containers. If grading is impossible, `fault` says why in a sentence. */
export async function gradeOnce(
  grader: Grader,
  { task, common, input, name }: TryOut,
  signal: AbortSignal,
): Promise<{ outcome: Outcome } | { fault: string }> {
  try {
    await using graded = await grader({
      runId: `check-${task.id}-${name}-${process.pid}`.replace(/[^\w.-]/g, '_'),
      attempt: 1,
      task,
      common,
      input,
      runtime: null,
      debug: false,
      signal,
      publish: () => {},
    });
    return { outcome: graded.outcome };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
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
  const said = feedbackOf(outcome);
  for (const words of expect.text ?? []) {
    if (!said.some((text) => text.includes(words)))
      differences.push(`expected the feedback to say "${words}", got ${shortOf(said)}`);
  }
  return differences;
}

const feedbackOf = ({ report }: Outcome): string[] => [
  report.text,
  ...Object.values(report.problems).map((entry) => (Array.isArray(entry) ? entry[1] : entry)),
];

const MAX_SHOWN = 200;

function shortOf(texts: readonly string[]): string {
  const all = texts
    .filter((text) => text.trim() !== '')
    .join(' ')
    .replace(/\s+/g, ' ');
  if (all === '') return 'no feedback';
  return JSON.stringify(all.length > MAX_SHOWN ? `${all.slice(0, MAX_SHOWN)}…` : all);
}

/**
 * Checks every sample of a course, two at a time. What does not come out as it must is checked once more, alone: on a busy
 * machine, as at a first start, a program may exceed its time.
 */
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
  const check = async (one: () => Promise<CheckedSample>) => {
    const checked = await one();
    onChecked(checked);
    return checked;
  };
  const results = await mapAtMost(SAMPLES_AT_ONCE, work, check, stopped);
  for (const [at, one] of work.entries()) {
    const isWrong = (results[at]?.differences.length ?? 0) > 0;
    if (isWrong && !stopped.aborted) results[at] = await check(one);
  }
  return results;
}

/** Two, because one waits for its containers while the other computes. */
export const SAMPLES_AT_ONCE = 2;

const STAMP = 'self-check.json';

/** A key that changes whenever the result could: with the images, the grading API or the version. */
export function checkKey(environments: readonly Environment[], version: string): string {
  const what = environments.map(({ name, digest, runtime }) => `${name} ${digest} ${runtime}`).sort();
  return createHash('sha256')
    .update(`${version}\n${what.join('\n')}`)
    .digest('hex');
}

export async function wasChecked(data: string, key: string): Promise<boolean> {
  return (await readFile(join(data, STAMP), 'utf8').catch(() => '')) === `${key}\n`;
}

/** Whether this installation has graded all samples correctly, at some time. */
export const wasEverChecked = (data: string): Promise<boolean> =>
  access(join(data, STAMP)).then(
    () => true,
    () => false,
  );

export const rememberCheck = (data: string, key: string): Promise<void> =>
  writeFile(join(data, STAMP), `${key}\n`);
