/** What of a course's shared folder a student's container sees. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { containerSpec } from '../../../../server/execution/slots/container-spec.ts';
import { placeOf } from '../../../support/stand-ins.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

const sharedWith = (common: string | null) =>
  containerSpec('student', placeOf('a'), {
    slotId: 's',
    workspace: { task: '/run/task', student: '/run/student', hosts: '/run/hosts' },
    common,
    installation: { instance: 'test', apiFolder: '/api' },
    compiled: null,
  }).policy.mounts.filter(({ source }) => common !== null && source.startsWith(common));

test('its folder "student", read-only, where there is one', () => {
  const common = tempFolder();
  expect(sharedWith(null)).toEqual([]);
  expect(sharedWith(common)).toEqual([]);
  mkdirSync(join(common, 'student'));
  expect(sharedWith(common)).toMatchObject([{ source: join(common, 'student'), readOnly: true }]);
});

test('nothing where "student" is a link, which could lead anywhere on the machine', () => {
  const common = tempFolder();
  symlinkSync('/etc', join(common, 'student'));
  expect(sharedWith(common)).toEqual([]);
});
