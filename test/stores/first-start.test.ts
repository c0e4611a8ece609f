/** What `npm start` does once the dependencies are there, from an empty store to a verdict, and its next start. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mongo } from 'mongoose';
import { afterAll, expect, test, vi } from 'vitest';
import { signInFile } from '../../server/first-start/first-accounts.ts';
import { signIn, submitTo } from '../support/api.ts';
import { cli, serve } from '../support/processes.ts';
import { storeUrlOf } from '../support/store/store-url.ts';

// On a bare machine the environments are built now.
const BUILD_MS = 1_800_000;
const SAMPLES = 26;
const WAIT = { timeout: 60_000, interval: 50 };
const data = mkdtempSync(join(tmpdir(), 'gradeport-first-'));
const at = ['--data', data];
const start = (...options: string[]) => serve([...options, ...at, '--port', '0', '--log-level', 'error']);
let run = '';
afterAll(() => rmSync(data, { recursive: true }));

const firstPassword = (name: string): string =>
  new RegExp(`^${name} (.+)$`, 'm').exec(readFileSync(signInFile(data), 'utf8'))?.[1] ?? '';

async function untilDone(url: string): Promise<void> {
  const student = await signIn(url, 'student', firstPassword('student'));
  const found = async () => (await student.get(`/api/runs/${run}`)).body;
  await vi.waitFor(async () => expect(await found()).toMatchObject({ state: 'done' }), WAIT);
  expect(await found()).toMatchObject({ outcome: { verdict: 'failed' } });
}

test('the first start makes accounts and the demo course, and grades all samples', {
  timeout: BUILD_MS,
}, async () => {
  await using server = await start('--demo');
  expect(server.talk()).toContain('Accounts: created operator, teacher, student, student2');
  expect(server.talk()).toContain('Demo course: put into');
  expect(server.talk()).toContain(`Self-check: ${SAMPLES} samples got the verdict they must get`);
  const student = await signIn(server.url, 'student', firstPassword('student'));
  run = await submitTo(student, 'python-sum', { code: 'def total(numbers):\n    return 0\n' });
  await untilDone(server.url);

  // An account that a command adds beside the server can sign in at once.
  const added = await cli(['user', 'add', 'zoe', '--course', 'demo', '--password-stdin', ...at], {
    stdin: 'long enough\n',
  });
  expect(added.code, added.stderr).toBe(0);
  await signIn(server.url, 'zoe', 'long enough');
  expect((await cli(['user', 'list', ...at])).stdout).toMatch(/^zoe .*demo:student/m);
  expect(await server.end('SIGTERM')).toBe(0);
});

test('the next start finds all of it', async () => {
  await using server = await start();
  await untilDone(server.url);
  expect(await server.end('SIGTERM')).toBe(0);
});

test('all of it is in the store that the run asked for', async () => {
  const url = storeUrlOf(data);
  expect(existsSync(join(data, 'gradeport.db'))).toBe(url === null);
  if (url === null) return;
  await using client = await mongo.MongoClient.connect(url);
  expect(await client.db().collection('users').countDocuments()).toBe(5);
  expect(await client.db().collection('runs').countDocuments({ state: 'done' })).toBe(1);
});
