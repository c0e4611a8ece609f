/** The command line keeps its modules compiled: most of a short command's time was compiling them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';
import { asUser, folderOfUser, saidBy } from '../../support/other-user.ts';

const BIN = join(PROJECT_FOLDER, 'bin/gradeport.mjs');
const KEPT = join(PROJECT_FOLDER, 'node_modules/.cache/gradeport-compiled');
/** Node says what it does with compiled modules. */
const env = { NODE_DEBUG_NATIVE: 'COMPILE_CACHE', NODE_COMPILE_CACHE: undefined };

test('a command that is started again compiles nothing', { timeout: 60_000 }, () => {
  const command = () => {
    const options = { env: { ...process.env, ...env }, encoding: 'utf8' } as const;
    return spawnSync(process.execPath, [BIN, 'task', '--help'], options);
  };
  command();
  const { status, stdout, stderr } = command();
  expect(status).toBe(0);
  expect(stdout + stderr).toContain(KEPT);
  expect(stdout + stderr).toMatch(/server\/cli\/main\.ts.* accepted/);
});

test.skipIf(process.getuid?.() !== 0)(
  'a user leaves no files among the packages of root',
  { timeout: 60_000 },
  async () => {
    const place = folderOfUser();
    const { code, stdout, stderr } = await saidBy(
      asUser([process.execPath, BIN, 'task', '--help'], {
        env: { HOME: place, NODE_DEBUG_NATIVE: 'COMPILE_CACHE', NODE_COMPILE_CACHE: '' },
      }),
    );
    expect(code, stderr).toBe(0);
    expect(stdout + stderr).not.toContain(KEPT);
  },
);
