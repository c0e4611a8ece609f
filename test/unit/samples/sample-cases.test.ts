/** Which samples say how an environment must grade, and what becomes of them when the engine goes away. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCourses } from '../../../server/courses/catalogue.ts';
import type { Environment } from '../../../server/environments/discovery/environment.ts';
import { environmentsOf } from '../../../server/environments/discovery/environments-of-images.ts';
import { GradeportError } from '../../../server/rules/errors.ts';
import { ceilingsSchema } from '../../../server/rules/limits.ts';
import { casesOfImage } from '../../../server/samples/sample-cases.ts';
import { createSampleRunner } from '../../../server/samples/sample-runner.ts';
import type { Grader } from '../../../server/worker/grade-task.ts';
import { SCRIPTED_INFO } from '../../support/engine-info.ts';
import { fakeContainers, fakeImages } from '../../support/engine-ports.ts';

const TASK = (name: string) =>
  `environment_type: docker\nenvironment_id: ${name}\nproblems: { q: { type: code } }\n`;
const SAMPLE = 'answers: { q: x }\nexpect: { verdict: success, grade: 100 }\n';
const BROKEN = 'answers: { q: x }\nexpect: { verdict: perhaps }\n';

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-cases-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

function environment(letter: string, labels: Record<string, string> = {}): Environment {
  const prefixed = Object.entries({ name: 'c', ...labels }).map(([key, value]) => [
    `org.gradeport.grading.${key}`,
    value,
  ]);
  const image = { id: `sha256:${letter}`, tags: [`c:${letter}`], size: 1, created: 0 };
  const [found] = environmentsOf([{ ...image, labels: Object.fromEntries(prefixed) }], ['runc'], {});
  if (!found) throw new Error('no environment');
  return found.environment;
}

type Scene = { files: Record<string, string>; engineIs?: 'there' | 'away'; pinned?: string };

function runnerFor({ files, engineIs = 'there', pinned }: Scene) {
  const folder = folderWith({ 'courses/k/course.yaml': 'name: K\n', ...files });
  const current = environment('old', { aliases: 'c11' });
  const away = new GradeportError('unreachable', 'The container engine does not answer.');
  const engine = {
    containers: fakeContainers({
      info: async () => {
        if (engineIs === 'away') throw away;
        return SCRIPTED_INFO;
      },
    }),
    images: fakeImages({
      copyOut: async (_image, path) => {
        throw new GradeportError('not-found', `There is no folder ${path} in the image.`);
      },
    }),
  };
  const run = createSampleRunner({
    engine,
    environments: {
      find: (name) => (['c', 'c11'].includes(name) ? current : null),
      runtimes: () => ['runc'],
      isPinned: ({ id }) => id === pinned,
    },
    courses: openCourses([join(folder, 'courses')]),
    aliases: {},
    table: {},
    ceilings: ceilingsSchema.parse({}),
    // Whatever is graded fails for want of a container: enough to see what is asked for.
    slots: { take: async () => Promise.reject(new GradeportError('conflict', 'This image has no agent.')) },
    runsFolder: join(folder, 'runs'),
    instance: 'test',
    untilQuiet: async () => {},
  });
  const stopped = new AbortController().signal;
  return (candidate: Environment) => run({ candidate, current: null, stopped, news: null });
}

const sampleOf = (id: string, name: string) => ({
  [`courses/k/${id}/task.yaml`]: TASK(name),
  [`courses/k/${id}/samples/right.yaml`]: SAMPLE,
});

test('all tasks that lead to the environment count, by name and by alias; others and pinned ones do not', async () => {
  const run = runnerFor({
    files: {
      ...sampleOf('a', 'c'),
      ...sampleOf('b', 'c11'),
      ...sampleOf('d', 'java'),
      ...sampleOf('p', 'c'),
    },
    pinned: 'p',
  });
  const cases = await run(environment('new', { aliases: 'c11' }));
  expect(cases.map(({ task, sample }) => `${task?.task} ${sample}`)).toEqual(['a right', 'b right']);
});

test('a task whose students may choose the environment counts, too, for an update of it', async () => {
  const chosen = `${TASK('java')}environment_choices: [c]\n`;
  const run = runnerFor({
    files: { 'courses/k/a/task.yaml': chosen, 'courses/k/a/samples/right.yaml': SAMPLE },
  });
  expect((await run(environment('new'))).map(({ sample }) => sample)).toEqual(['in c: right']);
  expect(await run(environment('old'))).toEqual([]);
});

test('an image that takes an alias away which a task asks for is reported', async () => {
  const run = runnerFor({ files: { ...sampleOf('b', 'c11') } });
  expect(await run(environment('new'))).toMatchObject([
    { task: { task: 'b' }, sample: 'task.yaml', differences: [expect.stringContaining('"c11"')] },
  ]);
});

test('a sample that cannot be read is a difference with its file and line, and so is a missing folder', async () => {
  const run = runnerFor({
    files: { 'courses/k/a/task.yaml': TASK('c'), 'courses/k/a/samples/odd.yaml': BROKEN },
  });
  expect(await run(environment('new', { samples: '/nowhere' }))).toMatchObject([
    { task: null, sample: '/nowhere', differences: [expect.stringContaining('There is no folder /nowhere')] },
    { sample: 'odd', differences: [expect.stringContaining('a/samples/odd.yaml:2: expect.verdict')] },
  ]);
});

test('an engine that goes away fails the test as a whole, and no sample', async () => {
  const run = runnerFor({ files: sampleOf('a', 'c'), engineIs: 'away' });
  await expect(run(environment('new'))).rejects.toMatchObject({ code: 'unreachable' });
});

test('what keeps a sample from being graded while the engine answers is a difference', async () => {
  const [first] = await runnerFor({ files: sampleOf('a', 'c') })(environment('new'));
  expect(first).toMatchObject({ verdict: null, differences: ['This image has no agent.'] });
});

test('a sample of an image gets no network, whatever its task asks for', async () => {
  const asked: boolean[] = [];
  const grader: Grader = async ({ task }) => {
    asked.push(task.network);
    throw new GradeportError('conflict', 'It was looked at only.');
  };
  const images = fakeImages({
    copyOut: async (_image, _path, into) => {
      mkdirSync(join(into, 'hello/samples'), { recursive: true });
      writeFileSync(join(into, 'hello/task.yaml'), `${TASK('c')}network_grading: true\n`);
      writeFileSync(join(into, 'hello/samples/right.yaml'), SAMPLE);
    },
  });
  const candidate = environment('new', { samples: '/samples' });
  const [only] = await casesOfImage(images, candidate, join(folderWith({}), 'samples'), {});
  await only?.grade?.(grader, new AbortController().signal);
  expect(asked).toEqual([false]);
});
