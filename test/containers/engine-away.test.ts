/** An engine that goes away in the middle costs no submission, and is noticed when it is back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { installDemoCourse } from '../../server/first-start/demo-course.ts';
import { type ApiUser, signIn, submitTo } from '../support/api.ts';
import { openEngineProxy } from '../support/engine-proxy.ts';
import { cli, serve } from '../support/processes.ts';

const data = mkdtempSync(join(tmpdir(), 'gradeport-away-'));
afterAll(() => rmSync(data, { recursive: true }));

const SLOW = { code: 'import time\ntime.sleep(1)\ndef total(numbers):\n    return sum(numbers)\n' };

const state = async (user: ApiUser, run: string) =>
  (await user.get(`/api/runs/${run}`)).body as { state: string };
const health = async (user: ApiUser) => (await user.get('/healthz')).body as { engine: unknown };

test('a run in progress and one submitted meanwhile are graded once the engine is back', async () => {
  await installDemoCourse(PROJECT_FOLDER, join(data, 'courses'));
  for (const name of ['ann', 'bob']) {
    await cli(['user', 'add', name, '--course', 'demo', '--password-stdin', '--data', data], {
      stdin: 'long enough\n',
    });
  }
  const proxy = await openEngineProxy(join(data, 'engine.sock'));
  await using server = await serve(['--data', data, '--port', '0', '--log-level', 'silent'], {
    // Containers that their runtime started would not miss it: vanished.test.ts.
    env: { DOCKER_HOST: proxy.host, GRADEPORT_CONTAINERS: 'engine' },
  });
  const [ann, bob] = await Promise.all(['ann', 'bob'].map((name) => signIn(server.url, name, 'long enough')));
  if (!ann || !bob) throw new Error('no user signed in');

  const first = await submitTo(ann, 'python-sum', SLOW);
  await vi.waitFor(async () => expect(await state(ann, first)).toMatchObject({ state: 'running' }), {
    timeout: 10_000,
    interval: 20,
  });
  await proxy.cut();
  await vi.waitFor(async () => expect(await health(ann)).toMatchObject({ engine: false }), {
    timeout: 10_000,
    interval: 50,
  });
  const { body } = await ann.get('/api/environments');
  expect(body).toContainEqual(
    expect.objectContaining({
      name: 'default',
      available: false,
      reason: expect.stringContaining('does not answer'),
    }),
  );
  const second = await submitTo(bob, 'python-sum', SLOW);
  expect(await state(bob, second)).toMatchObject({ state: 'queued' });
  await vi.waitFor(async () => expect(await state(ann, first)).toMatchObject({ state: 'queued' }), {
    timeout: 10_000,
    interval: 50,
  });

  await proxy.restore();
  for (const [user, run] of [
    [ann, first],
    [bob, second],
  ] as const) {
    await vi.waitFor(
      async () =>
        expect(await state(user, run)).toMatchObject({ state: 'done', outcome: { verdict: 'success' } }),
      { timeout: 30_000, interval: 100 },
    );
  }
  expect(await server.end('SIGTERM')).toBe(0);
  await proxy.close();
});
