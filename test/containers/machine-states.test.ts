/** States of the whole machine, made for real: what was accepted waits, nothing ends by them, and all is graded afterwards. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFailed, onTestFinished, test, vi } from 'vitest';
import { openStoreBesideServer } from '../../server/adapters/open-store.ts';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { installDemoCourse } from '../../server/first-start/demo-course.ts';
import type { Store } from '../../server/ports/store.ts';
import { type ApiUser, signIn, submitTo } from '../support/api.ts';
import { cli, serve } from '../support/processes.ts';
import { startTestServer } from '../support/server.ts';
import { canMount, smallDisk } from '../support/small-disk.ts';

const SLOW = { code: 'import time\ntime.sleep(2)\ndef total(numbers):\n    return sum(numbers)\n' };
const PATIENT = { timeout: 60_000, interval: 50 };

const stateOf = async (store: Store, run: string) => {
  const found = await store.runs.get(run);
  return { state: found?.state, failures: found?.failures, verdict: found?.outcome?.verdict ?? null };
};
const GRADED = { state: 'done', failures: 0, verdict: 'success' };
const becomes = (store: Store, run: string, what: object) =>
  vi.waitFor(async () => expect(await stateOf(store, run)).toMatchObject(what), PATIENT);

type Disk = { options: string; fill(disk: string): () => void };

/** @returns the way to make room again */
function fillBytes(disk: string): () => void {
  const ballast = join(disk, 'ballast');
  expect(() => writeFileSync(ballast, Buffer.alloc(2 ** 28))).toThrow('ENOSPC');
  return () => rmSync(ballast);
}
function fillInodes(disk: string): () => void {
  const folder = mkdtempSync(join(disk, 'many-'));
  expect(() => {
    for (let count = 0; ; count++) writeFileSync(join(folder, String(count)), '');
  }).toThrow('ENOSPC');
  return () => rmSync(folder, { recursive: true });
}

const DISKS: [string, Disk][] = [
  ['without a free byte', { options: 'size=96m', fill: fillBytes }],
  ['without a free inode', { options: 'size=96m,nr_inodes=4000', fill: fillInodes }],
];

test.runIf(canMount).each(DISKS)(
  'a data folder on a disk %s ends no run: what was accepted is graded once there is room',
  async (_, { options, fill }) => {
    const disk = await smallDisk(options);
    const server = await startTestServer({ data: join(disk, 'data'), concurrency: 1, logLevel: 'silent' });
    onTestFinished(() => server.close());
    const { student, other } = server.accounts;
    const ann = await signIn(server.url, student.name, student.password);
    const bob = await signIn(server.url, other.name, other.password);
    const first = await submitTo(ann, 'python-sum', SLOW);
    await becomes(server.store, first, { state: 'running' });
    const second = await submitTo(bob, 'python-sum', SLOW);
    const free = fill(disk);
    await paused(ann);
    expect(await stateOf(server.store, second)).toMatchObject({ verdict: null });
    free();
    await becomes(server.store, first, GRADED);
    await becomes(server.store, second, GRADED);
    await vi.waitFor(
      async () => expect((await ann.get('/healthz')).body).toMatchObject({ ok: true }),
      PATIENT,
    );
    expect(readdirSync(join(disk, 'data/runs')).length).toBeLessThan(20);
  },
);

const paused = (user: ApiUser) =>
  vi.waitFor(
    async () =>
      expect((await user.get('/healthz')).body).toMatchObject({ paused: expect.stringMatching(/disk/i) }),
    PATIENT,
  );

/** Of a process that runs, the soft limit: what it has open stays open. */
const limitFiles = (pid: number, most: number | string) =>
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${most}:`]);

test('a server that may open no more files ends no run', async () => {
  const data = mkdtempSync(join(tmpdir(), 'gradeport-files-'));
  onTestFinished(() => rmSync(data, { recursive: true }));
  await installDemoCourse(PROJECT_FOLDER, join(data, 'courses'));
  for (const name of ['ann', 'bob']) {
    const add = ['user', 'add', name, '--course', 'demo', '--password-stdin', '--data', data];
    await cli(add, { stdin: 'long enough\n' });
  }
  await using server = await serve(['--data', data, '--port', '0', '--concurrency', '1']);
  onTestFailed(() => console.error(server.talk()));
  const store = await openStoreBesideServer({ data, store: null });
  onTestFinished(() => store.close());
  const ann = await signIn(server.url, 'ann', 'long enough');
  const bob = await signIn(server.url, 'bob', 'long enough');
  const first = await submitTo(ann, 'python-sum', SLOW);
  await becomes(store, first, { state: 'running' });
  const second = await submitTo(bob, 'python-sum', SLOW);
  limitFiles(server.pid, 3);
  await vi.waitFor(() => expect(server.talk()).toContain('runs wait: Too many files are open'), PATIENT);
  expect(await stateOf(store, second)).toMatchObject({ verdict: null });
  limitFiles(server.pid, 4096);
  await becomes(store, first, GRADED);
  await becomes(store, second, GRADED);
  expect(await server.end('SIGTERM')).toBe(0);
});
