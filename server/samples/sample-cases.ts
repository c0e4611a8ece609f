/** All samples that an environment must grade correctly: the image's own, and those of tasks that use it. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { choicesOf } from '../courses/environment-choice.ts';
import { readTask, taskFileOf } from '../courses/read-task.ts';
import type { FileProblemReport, Task } from '../courses/task.ts';
import type { Environment } from '../environments/discovery/environment.ts';
import type { Outcome } from '../model/collections.ts';
import type { Images } from '../ports/engine/images.ts';
import { GradeportError } from '../rules/errors.ts';
import type { Grader } from '../worker/grade-task.ts';
import { readRecorded } from './recorded.ts';
import { checkRecorded } from './recorded-check.ts';
import { checkSample } from './self-check.ts';
import { readEachSample } from './task-samples.ts';

/** outcome null: the sample could not be graded; the difference says why. */
export type Checked = { differences: string[]; outcome: Outcome | null };
export type SampleCase = {
  /** null: a sample of the image itself. */
  task: { course: string; task: string } | null;
  sample: string;
  /** null: the sample cannot be graded at all; `fault` says why. */
  grade: ((grader: Grader, stopped: AbortSignal) => Promise<Checked>) | null;
  fault: string;
  /** Whether the sample states the expected grade. */
  saysGrade: boolean;
  /** The sample was recorded elsewhere, or for another environment: only new differences count. */
  recorded: boolean;
};

const sentencesOf = (problems: readonly FileProblemReport[]): string =>
  problems
    .map(({ file, line, message }) => `${file}${line === null ? '' : `:${line}`}: ${message}`)
    .join(' ');

type Place = { task: SampleCase['task']; prefix: string };

const broken = (task: SampleCase['task'], sample: string, fault: string): SampleCase => ({
  task,
  sample,
  fault,
  grade: null,
  saysGrade: true,
  recorded: false,
});

/** The samples and recorded submissions of one task. */
async function casesOfTask(task: Task, common: string | null, { task: owner, prefix }: Place) {
  const [samples, recorded] = await Promise.all([readEachSample(task.folder), readRecorded(task.folder)]);
  const own = samples.map((file): SampleCase => {
    const sample = prefix + file.name;
    if ('problems' in file) return broken(owner, sample, sentencesOf(file.problems));
    return {
      task: owner,
      sample,
      fault: '',
      recorded: false,
      grade: (grader, stopped) => checkSample(grader, common, task, file.sample, stopped),
      saysGrade: file.sample.expect.grade !== undefined,
    };
  });
  const others = recorded.map((file): SampleCase => {
    const sample = `${prefix}test/${file.name}`;
    if ('problems' in file) return broken(owner, sample, sentencesOf(file.problems));
    return {
      task: owner,
      sample,
      fault: '',
      recorded: true,
      grade: (grader, stopped) => checkRecorded(grader, common, task, file.recorded, stopped),
      saysGrade: file.recorded.was.grade !== null,
    };
  });
  return [...own, ...others];
}

/** An image's samples are small: more than this is a mistake. */
const BOUNDS = { maxFiles: 2000, maxBytes: 64 * 2 ** 20 };
const MAX_TASKS = 100;

/**
 * The image's own samples: a folder of task folders, each with its samples, copied from the image to an empty folder.
 * They are always graded in this image, regardless of the environment that their tasks name.
 */
export async function casesOfImage(
  images: Images,
  candidate: Environment,
  folder: string,
  labels: Record<string, string>,
): Promise<SampleCase[]> {
  if (!candidate.samples) return [];
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await images.copyOut(candidate.digest, candidate.samples, folder, BOUNDS, labels);
  } catch (error) {
    const isTheirs = error instanceof GradeportError && ['not-found', 'too-large'].includes(error.code);
    if (isTheirs) return [broken(null, candidate.samples, `The label grading.samples: ${error.message}`)];
    throw error;
  }
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const cases = await Promise.all(
    names.slice(0, MAX_TASKS).map((name) => casesOfFolder(candidate, folder, name)),
  );
  return cases.flat();
}

async function casesOfFolder(candidate: Environment, folder: string, name: string): Promise<SampleCase[]> {
  const place = join(folder, name);
  if ((await taskFileOf(place)) === null) return [];
  const read = await readTask(place);
  // Problems name the path in the image, not the temporary copy.
  if ('problems' in read) {
    const problems = read.problems.map((one) => ({ ...one, file: `${candidate.samples}/${name}/task.yaml` }));
    return [broken(null, name, sentencesOf(problems))];
  }
  const { task } = read;
  // An image's own task runs without anyone's request, so it may not ask for the network.
  const own = { ...task, network: false, environment: task.environment === null ? null : candidate.name };
  return casesOfTask(own, null, { task: null, prefix: `${name}/` });
}

export type TaskSource = {
  courses: Pick<CourseCatalogue, 'list'>;
  /** The environment that a name leads to now. */
  find(name: string): Environment | null;
  isPinned(task: { course: string; id: string }): boolean;
  /** Whether a name would lead to the candidate once the candidate grades. */
  leadsTo(name: string): boolean;
};

/** The samples of all tasks that the candidate would grade if it became current. */
export async function casesOfTasks(candidate: Environment, source: TaskSource): Promise<SampleCase[]> {
  const cases: SampleCase[] = [];
  for (const { tasks, common } of await source.courses.list()) {
    for (const task of tasks) {
      const { course, id, environment } = task;
      if (source.isPinned({ course, id })) continue;
      for (const name of new Set([environment, ...choicesOf(task)])) {
        if (name !== null) cases.push(...(await casesOfName(candidate, source, task, name, common)));
      }
    }
  }
  return cases;
}

/** @param name the environment of the task, or one that its students may choose */
async function casesOfName(
  candidate: Environment,
  source: TaskSource,
  task: Task,
  name: string,
  common: string | null,
): Promise<SampleCase[]> {
  const now = source.find(name);
  const uses = now ? now.name === candidate.name : source.leadsTo(name);
  if (!uses) return [];
  const owner = { course: task.course, task: task.id };
  if (!source.leadsTo(name)) {
    const fault = `The task asks for "${name}", which this image does not announce any more: nothing would grade it.`;
    return [broken(owner, 'task.yaml', fault)];
  }
  if (name === task.environment) return casesOfTask(task, common, { task: owner, prefix: '' });
  // Samples are written for the task's own environment: in another one, only changes by an update count.
  if (now === null || now.digest === candidate.digest) return [];
  const chosen = await casesOfTask({ ...task, environment: name }, common, {
    task: owner,
    prefix: `in ${name}: `,
  });
  return chosen.map((one) => ({ ...one, recorded: true }));
}
