/** A cgroup is ended with those below it, also where the kernel has no cgroup.kill. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { halt } from '../../../../server/adapters/cgroups/kill-cgroup.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

test('a program in a group below the frozen one is killed, too', async () => {
  const folder = tempFolder();
  const program = spawn('sleep', ['600']);
  mkdirSync(join(folder, 'container'));
  writeFileSync(join(folder, 'cgroup.procs'), '');
  writeFileSync(join(folder, 'container/cgroup.procs'), `${program.pid}\n`);
  const ended = once(program, 'exit');
  const freezer = { folder, freeze: () => {}, isFrozen: () => true, thaw: () => {} };
  // The files are no real ones: they name the program until its time is over.
  expect(await halt(freezer)).toBe(false);
  expect(await ended).toEqual([null, 'SIGKILL']);
});
