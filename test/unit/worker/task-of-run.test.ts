/** What a run is graded with: the task as it was at submission. Real courses, store and worker; the executor looks. */
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openQueue } from '../../../server/adapters/open-queue.ts';
import { createTaskFiles } from '../../../server/adapters/task-files/task-files.ts';
import { openCourses } from '../../../server/courses/catalogue.ts';
import { visibleTask } from '../../../server/courses/students/visible.ts';
import { USUAL_ENVIRONMENTS } from '../../../server/courses/task.ts';
import type { GradeRequest } from '../../../server/execution/execute.ts';
import type { User } from '../../../server/model/collections.ts';
import type { RunEvent } from '../../../server/model/run-events.ts';
import type { Store } from '../../../server/ports/store.ts';
import type { TaskFiles } from '../../../server/ports/task-files.ts';
import { createPace } from '../../../server/submissions/admission/pace.ts';
import { namedBySubmissions } from '../../../server/submissions/bundles.ts';
import { createSubmissions } from '../../../server/submissions/service.ts';
import { createVerdictWaiters } from '../../../server/submissions/verdict-waiters.ts';
import { createTaskOfRun } from '../../../server/worker/task-of-run.ts';
import { createWorker } from '../../../server/worker/worker.ts';
import { fakeContainers } from '../../support/engine-ports.ts';
import { environment, environmentsOf } from '../../support/http/house.ts';
import { roomForAll } from '../../support/stand-ins.ts';
import { tempFolder } from '../../support/store/temp-folder.ts';
import { openTestStore } from '../../support/store/test-store.ts';
import { passes } from '../../support/worker/worker-house.ts';

const HOUR = 3_600_000;
const log = pino({ level: 'silent' });
const person = (id: string, role: 'teacher' | 'student' = 'student'): User => ({
  id,
  name: id,
  displayName: id,
  passwordHash: '',
  operator: false,
  roles: { c: role },
  createdAt: '2026-11-20T10:00:00.000Z',
});
const [ada, bob, tess] = [person('ada'), person('bob'), person('tess', 'teacher')];

/** What the grader found at its place. */
type Found = { run: string | null; mode: number | null; time: number | undefined; common: string | null };
let [data, course, task]: [string, string, string] = ['', '', ''];
let store: Store;
let now = 0;
const clock = () => now;
let found: Found[] = [];
let taskFiles: TaskFiles;

beforeEach(async () => {
  const root = tempFolder();
  [data, course] = [join(root, 'data'), join(root, 'courses/c')];
  task = join(course, 'hello');
  for (const folder of [task, join(course, 'quiz'), join(course, '$common')])
    mkdirSync(folder, { recursive: true });
  writeFileSync(join(course, 'course.yaml'), 'name: C\naccessible: true\n');
  writeFileSync(join(course, '$common/lib'), 'old lib');
  writeFileSync(join(task, 'task.yaml'), taskYaml(7));
  writeFileSync(join(task, 'run'), 'old', { mode: 0o750 });
  writeFileSync(join(course, 'quiz/task.yaml'), quizYaml('right'));
  store = await openTestStore(data);
  onTestFinished(() => store.close());
  for (const user of [ada, bob, tess]) await store.users.insert(user);
  [now, found] = [Date.now(), []];
  taskFiles = openFiles();
});

const openFiles = (): TaskFiles =>
  createTaskFiles({ store, log, clock, folder: join(data, 'bundles'), unusedMs: 24 * HOUR });

const taskYaml = (time: number) =>
  `accessible: true
environment_type: docker
environment_id: default
environment_parameters: { limits: { time: ${time} } }
problems: { q1: { type: code, language: python, name: Q } }
`;
const quizYaml = (answer: string) =>
  `accessible: true\nenvironment_type: mcq\nproblems: { q1: { type: match, answer: ${answer} } }\n`;

/** As one process of a server has it: what is submitted waits until it works. */
async function openProcess(folders = [join(course, '..')]) {
  const queue = await openQueue({ kind: 'in-process' });
  const courses = openCourses(folders, { recheckMs: 0 });
  const verdicts = createVerdictWaiters();
  const shared = {
    store,
    queue,
    clock,
    taskFiles,
    environments: environmentsOf([environment]).catalogue,
    publish: (run: string, event: RunEvent) => verdicts.saw(run, { ...event, seq: 1, attempt: 1, at: '' }),
  };
  const worker = createWorker({
    ...shared,
    log,
    instance: 'test',
    runsFolder: join(data, 'runs'),
    concurrency: 1,
    taskOf: createTaskOfRun({ courses, taskFiles, defaults: USUAL_ENVIRONMENTS }),
    containers: fakeContainers({ list: async () => [], endLost: async () => 0 }),
    execute: async (request) => {
      found.push(lookedAt(request));
      return passes(request);
    },
  });
  const submissions = createSubmissions({
    ...shared,
    verdicts,
    newId: randomUUID,
    commands: worker,
    table: {},
    limits: { maxTextBytes: 1000, maxFileBytes: 1000 },
    pace: createPace({ perMinute: 1000, bytesPerHour: 2 ** 30 }),
    amounts: roomForAll,
  });
  onTestFinished(async () => {
    await worker.close();
    await courses.close();
  });
  return {
    courses,
    submissions,
    async submit(user: User, id = 'hello', answer = 'right'): Promise<string> {
      const at = await visibleTask({ courses, clock: shared.clock }, user, 'c', id);
      const result = await submissions.submit(user, at, new Map([['q1', answer]]));
      if (!result.ok) throw new Error(JSON.stringify(result.faults));
      return result.run;
    },
    /** Works on all that waits, and resolves to the outcome of a run. */
    async graded(run: string) {
      await worker.start();
      await submissions.settled(run, 60_000);
      return (await store.runs.get(run))?.outcome;
    },
  };
}

function lookedAt({
  task: { folder, limits },
  common,
}: GradeRequest & { task: { limits: { wallMs?: number } } }): Found {
  const run = join(folder, 'run');
  return {
    run: existsSync(run) ? readFileSync(run, 'utf8') : null,
    mode: existsSync(run) ? lstatSync(run).mode & 0o777 : null,
    time: limits.wallMs,
    common: common && readFileSync(join(common, 'lib'), 'utf8'),
  };
}
const OLD = { run: 'old', mode: 0o750, common: 'old lib' };

test.each<[string, () => void]>([
  ['the grader changes', () => writeFileSync(join(task, 'run'), 'new', { mode: 0o700 })],
  ['task.yaml changes', () => writeFileSync(join(task, 'task.yaml'), taskYaml(9))],
  ['task.yaml breaks', () => writeFileSync(join(task, 'task.yaml'), '{')],
  ['the task is deleted', () => rmSync(task, { recursive: true })],
  ['what the course shares changes', () => writeFileSync(join(course, '$common/lib'), 'new lib')],
  ['the course is deleted', () => rmSync(course, { recursive: true })],
])('a run is graded with the task of its submission, though %s while it waits', async (_, change) => {
  const process = await openProcess();
  const run = await process.submit(ada);
  const { limits } = (await process.courses.task('c', 'hello')) ?? {};
  change();
  expect(await process.graded(run)).toMatchObject({ verdict: 'success' });
  expect(found).toEqual([{ ...OLD, time: limits?.wallMs }]);
});

test('also after a restart, and in the debug run that a teacher asks for later', async () => {
  const run = await (await openProcess()).submit(ada);
  rmSync(join(data, 'bundles'), { recursive: true });
  taskFiles = openFiles();
  writeFileSync(join(task, 'run'), 'new');
  const later = await openProcess();
  await later.graded(run);
  const debug = await later.submissions.debug(tess, run);
  await later.submissions.settled(debug, 60_000);
  expect(found).toMatchObject([OLD, OLD]);
});

test('a quiz is graded by the answers of its submission', async () => {
  const process = await openProcess();
  const run = await process.submit(ada, 'quiz');
  writeFileSync(join(course, 'quiz/task.yaml'), quizYaml('other'));
  expect(await process.graded(run)).toMatchObject({ verdict: 'success', grade: 100 });
});

test('two submissions to an unchanged task share its bundles, and tasks those of their course', async () => {
  const process = await openProcess();
  const runs = [await process.submit(ada), await process.submit(bob), await process.submit(ada, 'quiz')];
  const [one, other, quiz] = await Promise.all(runs.map(async (id) => (await store.runs.get(id))?.bundles));
  expect(one).toEqual(other);
  expect(quiz?.common).toBe(one?.common);
  expect(quiz?.task).not.toBe(one?.task);
  const submission = await store.submissions.findOne({ 'bundles.task': one?.task ?? '' });
  expect(submission?.bundles).toEqual(one);
});

test('a changed task is another bundle for the next submission', async () => {
  const process = await openProcess();
  await process.submit(ada);
  writeFileSync(join(task, 'run'), 'new');
  await process.graded(await process.submit(bob));
  expect(found).toMatchObject([OLD, { run: 'new', common: 'old lib' }]);
});

test('a submission of an older Gradeport is graded with the task as it is', async () => {
  const process = await openProcess();
  const run = await process.submit(ada);
  await store.runs.update({ id: run }, { $unset: { bundles: true } });
  writeFileSync(join(task, 'run'), 'new');
  await process.graded(run);
  expect(found).toMatchObject([{ run: 'new' }]);
});

test('what is too large is not kept: such a task, or such shared files, are taken as they are', async () => {
  writeFileSync(join(course, '$common/data'), Buffer.alloc(65 * 2 ** 20));
  const process = await openProcess();
  const run = await process.submit(ada);
  expect((await store.runs.get(run))?.bundles).toEqual({ task: expect.any(String) });
  writeFileSync(join(course, '$common/lib'), 'new lib');
  appendFileSync(join(task, 'run'), 'er');
  await process.graded(run);
  expect(found).toMatchObject([{ run: 'old', common: 'new lib' }]);
});

test('a run whose bundle is lost ends with a system error that says so', async () => {
  const process = await openProcess();
  const run = await process.submit(ada);
  const { bundles } = (await store.runs.get(run)) ?? {};
  await store.blobs.remove(bundles?.task ?? '');
  rmSync(join(data, 'bundles'), { recursive: true });
  writeFileSync(join(task, 'run'), 'new');
  taskFiles = openFiles();
  const outcome = await (await openProcess()).graded(run);
  expect(outcome).toMatchObject({
    verdict: 'system-error',
    summary: expect.stringContaining('not your fault'),
    details: expect.stringContaining('lost or damaged'),
  });
  expect(found).toEqual([]);
});

test('it ends once nothing of it is being unpacked any more', async () => {
  const shared = Promise.withResolvers<string>();
  const folder = (bundle: string) => (bundle === 'task' ? Promise.reject(new Error('lost')) : shared.promise);
  const taskOf = createTaskOfRun({
    courses: { get: async () => null },
    taskFiles: { folder },
    defaults: USUAL_ENVIRONMENTS,
  });
  let isOver = false;
  const finding = taskOf({ course: 'c', task: 'hello', bundles: { task: 'task', common: 'common' } });
  void finding.catch(() => {
    isOver = true;
  });
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  shared.resolve(course);
  await expect(finding).rejects.toThrow('lost');
});

test('a bundle that a submission names stays; one whose submission was never stored goes', async () => {
  const process = await openProcess();
  await process.submit(ada);
  const spare = (await taskFiles.keep(join(course, 'quiz'))) ?? '';
  now += 2 * HOUR;
  const later = openFiles();
  expect(await later.prune(namedBySubmissions(store))).toBe(1);
  await expect(store.blobs.get(spare)).rejects.toMatchObject({ code: 'not-found' });
});

test('an upload with the very bytes of a bundle is not removed with it', async () => {
  const spare = (await taskFiles.keep(join(course, 'quiz'))) ?? '';
  const answers = { q1: { filename: 'x.tar', blob: spare, size: 1 } };
  const own = { course: 'c', task: 'hello', userId: 'ada', at: new Date(now).toISOString(), attempt: 0 };
  await store.submissions.insert({ id: 's', ...own, answers });
  expect(await namedBySubmissions(store)(spare)).toBe(true);
});
