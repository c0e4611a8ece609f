/** The folder in which commands grade: shared by all on this machine, and gone with the last of them. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openRunsFolder } from '../../../../server/cli/local/open-executor.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

afterEach(() => void vi.unstubAllEnvs());

/** No process has a number so high: proc(5), pid_max. */
const DEAD = String(2 ** 22 + 1);

test('nothing is left in the temporary folder', async () => {
  const temporary = tempFolder();
  vi.stubEnv('TMPDIR', temporary);
  {
    await using folder = await openRunsFolder();
    expect(existsSync(folder.path)).toBe(true);
  }
  expect(readdirSync(temporary)).toEqual([]);
});

test('the folder of a process that lives stays, that of a dead one goes', async () => {
  const temporary = tempFolder();
  vi.stubEnv('TMPDIR', temporary);
  const all = join(temporary, 'gradeport-grade');
  for (const pid of [DEAD, String(process.ppid)]) mkdirSync(join(all, pid), { recursive: true });
  {
    await using folder = await openRunsFolder();
    expect(readdirSync(all).sort()).toEqual([String(process.ppid), folder.path.split('/').at(-1)].sort());
  }
  expect(readdirSync(all)).toEqual([String(process.ppid)]);
});
