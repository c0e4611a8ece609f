/**
 * A machine without a network and without any package: one file brings Gradeport's packages and an environment, and a
 * submission is graded there. Its engine and its network are its own; its files are those of this machine.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { saidBy } from '../support/other-user.ts';
import { openPrivateEngine } from '../support/private-engine.ts';
import { cli } from '../support/processes.ts';
import { tempFolder } from '../support/store/temp-folder.ts';

/** The files of this checkout that git knows, or would take. */
function checkout(): string {
  const folder = join(tempFolder(), 'gradeport');
  mkdirSync(folder);
  const list = 'git ls-files -z --cached --others --exclude-standard';
  execFileSync('sh', ['-c', `${list} | tar -c --null -T - --ignore-failed-read | tar -x -C "$0"`, folder], {
    cwd: PROJECT_FOLDER,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  return folder;
}

test('one file is enough to grade where there is no network', async () => {
  const file = join(tempFolder(), 'gradeport.tar');
  const exported = await cli(['env', 'export', 'default', '--packages', file]);
  expect(exported.code, exported.stderr).toBe(0);
  const engine = await openPrivateEngine([]);
  onTestFinished(() => engine[Symbol.asyncDispose]());
  const there = checkout();
  const home = tempFolder();
  const run = (args: string[]) => {
    const command = ['--net', 'node', 'bin/gradeport.mjs', ...args];
    const env = { ...process.env, HOME: home, DOCKER_HOST: engine.host, NO_COLOR: '1' };
    return saidBy(spawn('unshare', command, { cwd: there, env }));
  };

  const before = await run(['env', 'list']);
  expect(before.stderr).toContain('Without a network: node bin/gradeport.mjs env import <file>');
  expect(before.code).toBe(5);

  const imported = await run(['env', 'import', file]);
  expect(imported.code, imported.stderr).toBe(0);
  expect(imported.stdout).toBe(
    'gradeport/debian:12: imported\ngradeport/base:latest: imported\ngradeport/default:latest: imported\n',
  );
  expect(existsSync(join(there, 'node_modules/vitest'))).toBe(false);

  const graded = await run(['task', 'test', 'examples/demo/python-sum']);
  expect(graded.code, graded.stdout + graded.stderr).toBe(0);
  expect(graded.stderr).toMatch(/(\d+) of \1 as expected/);
}, 600_000);
