/** A stand-in for systemd-notify, on a PATH of its own, records what it is called with. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openServiceManager } from '../../../../server/cli/serve/service-manager.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradeport-notify-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const log = () => join(folder, 'log');
const said = () => (existsSync(log()) ? readFileSync(log(), 'utf8').trim().split('\n') : []);

function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const program = join(folder, 'systemd-notify');
  writeFileSync(program, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> '${log()}'\n`);
  chmodSync(program, 0o755);
  return { PATH: `${folder}:${process.env['PATH']}`, NOTIFY_SOCKET: '/run/socket', ...more };
}

/** Settles once the stand-in has been called so often. */
function untilSaid(count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (said().length < count) return;
      watcher.close();
      resolve();
    };
    const watcher = watch(folder, look);
    look();
  });
}

describe('under systemd', () => {
  test('the server reports that it serves, and that it stops, in its own name', async () => {
    using manager = openServiceManager(environment());
    await manager.ready();
    await manager.stopping();
    const own = `/run/socket --pid=${process.pid}`;
    expect(said()).toEqual([`${own} READY=1 STATUS=Serves and grades`, `${own} STOPPING=1 STATUS=Stopping`]);
  });

  test('programs that the server starts get nothing of it', () => {
    const env = environment({ WATCHDOG_USEC: '1000000', WATCHDOG_PID: String(process.pid) });
    using _manager = openServiceManager(env);
    expect(Object.keys(env)).toEqual(['PATH']);
  });

  test('signs of life follow the first report, until the end', async () => {
    const env = environment({ WATCHDOG_USEC: '200000', WATCHDOG_PID: String(process.pid) });
    using manager = openServiceManager(env);
    await manager.ready();
    await untilSaid(3);
    expect(said().slice(1)).toEqual(expect.arrayContaining([`/run/socket --pid=${process.pid} WATCHDOG=1`]));
  });

  test('another process’ watchdog gets no signs of life', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    try {
      using manager = openServiceManager(environment({ WATCHDOG_USEC: '200000', WATCHDOG_PID: '1' }));
      await manager.ready();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a missing systemd-notify is named once, and ends nothing', async () => {
    const heard = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      using manager = openServiceManager({ PATH: folder, NOTIFY_SOCKET: '/run/socket' });
      await manager.ready();
      await manager.stopping();
      expect(heard.mock.calls.map(([text]) => String(text)).join('')).toMatch(
        /^systemd did not get the report READY=1: .*\n$/,
      );
    } finally {
      heard.mockRestore();
    }
  });
});

test('without systemd nothing is reported', async () => {
  const { NOTIFY_SOCKET: _socket, ...env } = environment();
  using manager = openServiceManager(env);
  await manager.ready();
  await manager.stopping();
  expect(said()).toEqual([]);
});
