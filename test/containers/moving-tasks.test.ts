/**
 * Task folders that are moved away, replaced by a link or half written for some seconds while runs wait, as by git pull:
 * in real containers, each run gets its verdict by the task as it was.
 */
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ApiUser, signIn, submitTo } from '../support/api.ts';
import { addSlowTask } from '../support/browser/slow-task.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { tempFolder } from '../support/store/temp-folder.ts';

const PATIENT = { timeout: 60_000, interval: 50 };
/** More than is kept with a submission: such a task is graded as it is when its run begins. */
const TOO_LARGE_TO_KEEP = 65 * 2 ** 20;

const taskYaml = `name: Words
environment_type: docker
environment_id: default
environment_parameters: { limits: { time: 10, hard_time: 60, memory: 128 } }
problems:
  q1: { type: code_single_line, name: First word }
  q2: { type: code_single_line, name: Second word }
`;
const grader = (message: string) => `#!/bin/bash
[ "$(getinput q1) $(getinput q2)" = "right words" ] && feedback-result success || feedback-result failed
feedback-msg -m "${message}"
`;
const ANSWERS = { q1: 'right', q2: 'words' };

let server: TestServer;
let ann: ApiUser;
let bob: ApiUser;
beforeAll(async () => {
  server = await startTestServer({ concurrency: 1, logLevel: 'silent' });
  await addSlowTask(server.courses);
  const { student, other } = server.accounts;
  ann = await signIn(server.url, student.name, student.password);
  bob = await signIn(server.url, other.name, other.password);
});
afterAll(() => server.close());

/** Each changes a task's folder, and returns the way back. */
const changes: Record<string, (task: string) => () => void> = {
  'moved away': (task) => {
    const away = join(tempFolder(), 'away');
    renameSync(task, away);
    return () => renameSync(away, task);
  },
  'replaced by a link to elsewhere': (task) => {
    const elsewhere = tempFolder();
    writeFileSync(join(elsewhere, 'task.yaml'), taskYaml);
    writeFileSync(join(elsewhere, 'run'), grader('elsewhere'), { mode: 0o755 });
    const away = join(tempFolder(), 'away');
    renameSync(task, away);
    symlinkSync(elsewhere, task);
    return () => {
      rmSync(task);
      renameSync(away, task);
    };
  },
  'cut in the middle of its task.yaml and of its grader': (task) => {
    const files = ['task.yaml', 'run'].map((name) => join(task, name));
    const whole = files.map((file) => readFileSync(file));
    for (const file of files) truncateSync(file, readFileSync(file).length - 25);
    return () => {
      for (const [index, file] of files.entries()) writeFileSync(file, whole[index] ?? '');
    };
  },
};

function makeTask(id: string, { isLarge }: { isLarge: boolean }): string {
  const task = join(server.courses, 'demo', id);
  mkdirSync(task);
  writeFileSync(join(task, 'task.yaml'), taskYaml);
  writeFileSync(join(task, 'run'), grader('as it was'), { mode: 0o755 });
  appendFileSync(join(task, 'data'), '');
  truncateSync(join(task, 'data'), isLarge ? TOO_LARGE_TO_KEEP : 0);
  return task;
}

const statusOf = async (id: string) => (await ann.get(`/api/courses/demo/tasks/${id}`)).status;
const shows = (id: string, status: number) =>
  vi.waitFor(async () => expect(await statusOf(id)).toBe(status), PATIENT);

/** Runs that waited behind another one until their tasks were changed, and no longer shown. */
async function waitingRuns(ids: readonly string[], options: { isLarge: boolean }) {
  await shows('slow', 200);
  const holding = await submitTo(bob, 'slow', { code: 'a file that no one makes' });
  const inTheMiddle = async () =>
    expect(await server.store.runs.get(holding)).toMatchObject({ state: 'running' });
  await vi.waitFor(inTheMiddle, PATIENT);
  const tasks = ids.map((id) => makeTask(id, options));
  const runs: string[] = [];
  for (const id of ids) {
    await shows(id, 200);
    runs.push(await submitTo(ann, id, ANSWERS));
  }
  const undo = Object.values(changes).map((change, index) => change(tasks[index] ?? ''));
  for (const id of ids) await shows(id, 404);
  expect(await bob.post(`/api/runs/${holding}/kill`, {})).toMatchObject({ status: 200 });
  return { runs, undo };
}

const graded = (run: string) =>
  vi.waitFor(async () => {
    const found = await server.store.runs.get(run);
    expect(found).toMatchObject({ state: 'done' });
    const { verdict, report, details } = found?.outcome ?? {};
    return { verdict, text: report?.text, details: details ?? null, failures: found?.failures };
  }, PATIENT);
const AS_IT_WAS = { verdict: 'success', text: expect.stringContaining('as it was') };

test('runs that wait are graded by the task of their submission, while its folder is still changed', async () => {
  const { runs, undo } = await waitingRuns(['moved', 'linked', 'cut'], { isLarge: false });
  for (const run of runs) expect(await graded(run)).toMatchObject({ ...AS_IT_WAS, failures: 0 });
  for (const back of undo) back();
});

test('runs of a task that is too large to be kept are tried again until its folder is back', async () => {
  const ids = ['moved-large', 'linked-large', 'cut-large'];
  const { runs, undo } = await waitingRuns(ids, { isLarge: true });
  for (const run of runs)
    await vi.waitFor(
      async () => expect((await server.store.runs.get(run))?.failures).toBeGreaterThan(0),
      PATIENT,
    );
  for (const back of undo) back();
  for (const run of runs) expect(await graded(run)).toMatchObject(AS_IT_WAS);
});

test('what students submit meanwhile is refused, and counts for nothing', async () => {
  const task = makeTask('busy', { isLarge: false });
  await shows('busy', 200);
  const send = () => ann.post('/api/courses/demo/tasks/busy/submissions', { answers: ANSWERS });
  const before = await server.store.submissions.count({});
  for (const change of Object.values(changes)) {
    const back = change(task);
    const { status, body } = await send();
    expect([404, 409], JSON.stringify(body)).toContain(status);
    expect(await server.store.submissions.count({})).toBe(before);
    back();
    await shows('busy', 200);
  }
  await vi.waitFor(async () => expect((await send()).status).toBe(202), PATIENT);
});
