/** One ssh for all connections: what Gradeport makes of the answers of the far side. A script plays ssh. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { createTunnel } from '../../../../../server/adapters/engine-address/ssh/ssh-tunnel.mjs';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-ssh-played-'));
let log = '';
beforeEach(() => {
  log = join(mkdtempSync(join(folder, 'run-')), 'calls');
  writeFileSync(log, '');
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** @param script what the far side says; MARK is what its lines must begin with */
function play(script: string) {
  const bin = join(log, '../bin');
  mkdirSync(bin);
  const head = [
    '#!/bin/sh',
    `echo "$*" >>'${log}'`,
    'for last; do :; done',
    'MARK=$(echo "$last" | grep -o "gradeport-[0-9a-f]*" | head -1)',
  ];
  writeFileSync(join(bin, 'ssh'), [...head, script].join('\n'), { mode: 0o755 });
  vi.stubEnv('PATH', `${bin}:/usr/bin:/bin`);
  const tunnel = createTunnel({ kind: 'ssh', host: 'far', port: 2222, user: 'ann', path: null });
  const calls = () => readFileSync(log, 'utf8').split('\n').filter(Boolean);
  return { tunnel, calls };
}

test('all who ask at once share one ssh, whatever the shell over there prints first', async () => {
  const { tunnel, calls } = play(
    'echo "Welcome! gradeport-0 ready"; echo "$MARK may /var/run/docker.sock"; echo "$MARK ready"; exec cat',
  );
  const paths = await Promise.all(Array.from({ length: 20 }, () => tunnel.socket()));
  expect(new Set(paths).size).toBe(1);
  expect(calls()).toHaveLength(1);
  expect(calls()[0]).toContain(`-L ${paths[0]}:/var/run/docker.sock -l ann -p 2222 -- far sh -c`);
  tunnel.close();
});

test('the socket of Docker without root is found over there, and forwarded instead', async () => {
  const { tunnel, calls } = play(
    'echo "$MARK denied /var/run/docker.sock"; echo "$MARK may /run/user/7/docker.sock"; echo "$MARK ready"; exec cat',
  );
  const path = await tunnel.socket();
  expect(calls()).toHaveLength(2);
  expect(calls()[1]).toContain(`-L ${path}:/run/user/7/docker.sock`);
  tunnel.close();
});

test('a user over there who may not use the socket learns of the group', async () => {
  const { tunnel } = play('echo "$MARK denied /var/run/docker.sock"; echo "$MARK ready"; exec cat');
  await expect(tunnel.socket()).rejects.toMatchObject({
    message: 'The user of ssh://ann@far:2222 may not use the container engine there (/var/run/docker.sock).',
    next: expect.stringContaining('group docker'),
  });
});

test('after a refused login the next one waits, and the refusal is repeated', async () => {
  const { tunnel, calls } = play('echo "ann@far: Permission denied (publickey)." >&2; exit 255');
  for (let asked = 0; asked < 5; asked++) {
    await expect(tunnel.socket()).rejects.toMatchObject({
      message: expect.stringContaining('does not let this user in'),
      next: expect.stringContaining('ssh -p 2222 ann@far true'),
    });
  }
  expect(calls()).toHaveLength(1);
});

test('a far side that only floods is given up', async () => {
  const { tunnel } = play('exec yes');
  await expect(tunnel.socket()).rejects.toThrow('did not let ssh get through');
});
