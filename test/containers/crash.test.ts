/** A server that is killed at any moment loses no submission and leaves nothing behind. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { installDemoCourse } from '../../server/first-start/demo-course.ts';
import { instanceOf } from '../../server/main/all-in-one.ts';
import { INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import { signIn, submitTo } from '../support/api.ts';
import { cli, type ServerProcess, serve } from '../support/processes.ts';
import { openTestStore } from '../support/store/test-store.ts';

const data = mkdtempSync(join(tmpdir(), 'gradeport-crash-'));
const PASSWORD = 'long enough';
const STUDENTS = ['ann', 'bob', 'cyd', 'dan'];
const engine = openEngine();

const start = () => serve(['--data', data, '--port', '0', '--log-level', 'silent']);
const containers = async () => engine.containers.list(INSTANCE_LABEL, await instanceOf(data));
const mounts = () =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(data));

beforeAll(async () => {
  await installDemoCourse(PROJECT_FOLDER, join(data, 'courses'));
  for (const name of STUDENTS) {
    const added = await cli(['user', 'add', name, '--course', 'demo', '--password-stdin', '--data', data], {
      stdin: `${PASSWORD}\n`,
    });
    expect(added.code, added.stderr).toBe(0);
  }
});
afterAll(async () => {
  await engine.close();
  rmSync(data, { recursive: true });
});

const signInAll = (server: ServerProcess) =>
  Promise.all(STUDENTS.map((name) => signIn(server.url, name, PASSWORD)));
const WRONG = { code: 'def total(numbers):\n    return 0\n' };

/** Which files in the runs folder; unreadable while there is none. */
const workspaces = () => readdirSync(join(data, 'runs'));

test('killed again and again while it grades, every submission gets exactly one verdict', async () => {
  await using stack = new AsyncDisposableStack();
  let server = stack.use(await start());
  const runs: string[] = [];
  for (const user of await signInAll(server)) runs.push(await submitTo(user, 'python-sum', WRONG));
  for (let killing = 0; killing < 3; killing += 1) {
    // Once containers are there a run is in the middle; each time at another point of it.
    await vi.waitFor(async () => expect((await containers()).length).toBeGreaterThan(killing), {
      timeout: 20_000,
      interval: 20,
    });
    await server.end('SIGKILL');
    server = stack.use(await start());
  }
  const store = await openTestStore(data, { lock: false });
  await vi.waitFor(async () => expect(await store.runs.count({ state: 'done' })).toBe(runs.length), {
    timeout: 60_000,
    interval: 100,
  });
  const done = await store.runs.find({});
  await store.close();
  expect(done.map(({ id }) => id).sort()).toEqual([...runs].sort());
  for (const run of done) expect(run.outcome?.verdict, JSON.stringify(run.outcome)).toBe('failed');
  expect(await server.end('SIGTERM')).toBe(0);
  expect(await containers()).toEqual([]);
  expect(mounts()).toEqual([]);
  expect(workspaces()).toEqual([]);
});

test('stopped by Ctrl-C in the middle of a run it ends at once, and grades the run at the next start', async () => {
  await using server = await start();
  const [user] = await signInAll(server);
  if (!user) throw new Error('no user');
  const run = await submitTo(user, 'python-sum', WRONG);
  await vi.waitFor(async () => expect((await containers()).length).toBeGreaterThan(0), {
    timeout: 20_000,
    interval: 20,
  });
  expect(await server.end('SIGINT')).toBe(0);
  expect(await containers()).toEqual([]);
  expect(mounts()).toEqual([]);
  await using again = await start();
  const [same] = await signInAll(again);
  await vi.waitFor(
    async () => expect((await same?.get(`/api/runs/${run}`))?.body).toMatchObject({ state: 'done' }),
    { timeout: 30_000, interval: 100 },
  );
  expect(await again.end('SIGTERM')).toBe(0);
});

test('a second server on the same data folder is refused with the process that holds it', async () => {
  await using server = await start();
  const second = await start().catch((error: Error) => error.message);
  expect(second).toMatch(/in use by process \d+ .*--data/s);
  expect(await server.end('SIGTERM')).toBe(0);
});

test('a port in use is named, with another one to try', async () => {
  await using server = await start();
  const port = new URL(server.url).port;
  const other = mkdtempSync(join(tmpdir(), 'gradeport-other-'));
  const refused = await cli(['serve', '--data', other, '--port', port]);
  rmSync(other, { recursive: true });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`Port ${port} is in use`);
  expect(refused.stderr).toContain(`--port ${Number(port) + 1}`);
  expect(await server.end('SIGTERM')).toBe(0);
});
