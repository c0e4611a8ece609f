/** What containers of a course share: from folders of this machine, or from volumes that hold the same. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../../server/config/config.ts';
import { sharedSources } from '../../../../server/execution/slots/shared-sources.ts';
import { fakeVolumes } from '../../../support/engine-ports.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

const api = join(PROJECT_FOLDER, 'grading-api');
const studentPart = async (common: string | null) =>
  (await sharedSources(null, api, common)).commonForStudents;

test('students see the folder "student" of a course’s shared folder, where there is one', async () => {
  const common = tempFolder();
  expect(await studentPart(null)).toBe(null);
  expect(await studentPart(common)).toBe(null);
  mkdirSync(join(common, 'student'));
  expect(await studentPart(common)).toBe(join(common, 'student'));
});

test('they see nothing where "student" is a link, which could lead anywhere on the machine', async () => {
  const common = tempFolder();
  symlinkSync('/etc', join(common, 'student'));
  expect(await studentPart(common)).toBe(null);
});

test('volumes stand in for folders, and a file of a volume for each of our commands', async () => {
  const common = tempFolder();
  mkdirSync(join(common, 'student'));
  const volumes = fakeVolumes({
    holding: async (what, content) => `${what} of ${'folder' in content ? content.folder : ''}`,
    fileIn: async (volume, path) => `/engine/${volume}/${path}`,
  });
  const { commands, ...sources } = await sharedSources(volumes, api, common);
  expect(sources).toEqual({
    api: { volume: `api of ${api}` },
    common: { volume: `common of ${common}` },
    commonForStudents: { volume: `common of ${join(common, 'student')}` },
  });
  expect(commands[0]).toMatchObject({ file: `/engine/api of ${api}/shim/command`, readOnly: true });
});

test('an engine that mounts no single files has no commands at fixed paths', async () => {
  const volumes = fakeVolumes({ holding: async () => 'api', fileIn: async () => null });
  expect((await sharedSources(volumes, api, null)).commands).toEqual([]);
});
