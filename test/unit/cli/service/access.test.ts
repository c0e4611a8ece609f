import { spawnSync } from 'node:child_process';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needAccess, warnOfOwner } from '../../../../server/cli/service/access.ts';
import { thisMachine } from '../../../../server/cli/service/machine.ts';
import type { UnitPlan } from '../../../../server/cli/service/unit.ts';
import { folderOfUser } from '../../../support/other-user.ts';

const NOBODY = 65_534;
/** Only root becomes another user, whom a folder such as /root may keep away from Node. */
const canTry =
  process.getuid?.() === 0 && spawnSync(process.execPath, ['-e', ''], { uid: NOBODY, cwd: '/' }).status === 0;

let folder = '';
let remove = () => {};
beforeEach(() => {
  const own = folderOfUser('home', (gone) => {
    remove = gone;
  });
  folder = dirname(own);
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'gradeport.mjs'), '');
});
afterEach(() => remove());

const planOf = (data: string, more: Partial<UnitPlan> = {}): UnitPlan => ({
  unit: 'gradeport.service',
  node: process.execPath,
  args: [join(folder, 'gradeport.mjs'), 'serve'],
  folder,
  data: join(folder, data),
  address: '',
  variables: {},
  environmentFile: '',
  user: { name: 'nobody', group: null },
  writable: [],
  port: 8080,
  engineUnits: [],
  ...more,
});

describe.skipIf(!canTry)('another user', () => {
  test('who cannot write in the data folder is named, with the command that helps', () => {
    const data = join(folder, "it's");
    const attempt = () => needAccess(thisMachine, planOf("it's"));
    expect(attempt).toThrow(`The user nobody cannot write in the data folder ${data}.`);
    expect(attempt).toThrow(`-o nobody '${folder}/it'\\''s'`);
  });

  test('makes the data folder, which belongs to that user', () => {
    chmodSync(folder, 0o777);
    needAccess(thisMachine, planOf('data'));
    const { uid, mode } = statSync(join(folder, 'data'));
    expect({ uid, mode: mode & 0o777 }).toEqual({ uid: NOBODY, mode: 0o700 });
  });

  test('who could not build the pages after an upgrade is named, too', () => {
    const data = join(folder, 'home/data');
    chmodSync(join(folder, 'home'), 0o777);
    expect(() => needAccess(thisMachine, planOf('', { data }))).toThrow(`cannot write in ${folder}/web/dist`);
  });

  test('who cannot read the code, or the configuration, is named with the file', () => {
    const config = join(folder, 'config.yaml');
    writeFileSync(config, '', { mode: 0o600 });
    const args = [join(folder, 'gradeport.mjs'), 'serve', '--config', config];
    expect(() => needAccess(thisMachine, planOf('data', { args }))).toThrow(`cannot read ${config}.`);
  });
});

test('root is warned of code that others may change', () => {
  chmodSync(folder, 0o777);
  expect(warnOfOwner(planOf('data', { user: null }))).toMatch(/runs as root what is in .* or use --user\.$/);
  expect(warnOfOwner(planOf('data'))).toBeNull();
});
