/** What is kept of one build, under which names, and for how long. */
import { expect, test } from 'vitest';
import {
  type BuildRecord,
  cutOff,
  isKeepable,
  newRecord,
  outlived,
  readRecord,
  versionsIn,
} from '../../../../server/environments/builds/build-record.ts';

const built: BuildRecord = {
  name: 'my-c',
  version: 2,
  by: 'olga',
  owner: 'ada',
  at: '2026-11-20T10:00:00.000Z',
  image: 'local/my-c',
  state: 'built',
  sentence: 'Built.',
  digest: 'sha256:1',
};

test('a record is read as it was written, and nothing else is', () => {
  expect(readRecord(JSON.stringify(built))).toEqual(built);
  for (const text of ['', '{}', '{ broken', JSON.stringify({ ...built, version: 0 })])
    expect(readRecord(text), text).toBeNull();
});

test('names that lead out of the folder, or that no folder can have, are not kept', () => {
  expect(['my-c', 'C++', 'größe.2'].filter(isKeepable)).toHaveLength(3);
  expect(['', '../x', '.hidden', 'a/b', 'a\0', 'é'.repeat(101)].filter(isKeepable)).toEqual([]);
});

test('builds are counted from 1, the newest first, whatever else is in the folder', () => {
  expect(versionsIn(['2', '10', '1', '0', '01', 'x', '3.5', '1234567890'])).toEqual([10, 2, 1]);
});

test('a name belongs to the user whose build became an image', () => {
  const about = { name: 'my-c', by: 'tess', at: built.at, image: built.image, version: 3 };
  expect(newRecord(about, built)).toMatchObject({
    by: 'tess',
    owner: 'ada',
    state: 'building',
    digest: null,
  });
  expect(newRecord(about, null)).toMatchObject({ owner: 'tess' });
});

test('a build that was cut off has stopped', () => {
  expect(cutOff({ ...built, state: 'building' })).toMatchObject({ state: 'stopped' });
});

test('twenty builds are kept, and the last one that became an image', () => {
  const versions = Array.from({ length: 23 }, (_, index) => 23 - index);
  expect(outlived(versions, null)).toEqual([3, 2, 1]);
  expect(outlived(versions, built)).toEqual([3, 1]);
  expect(outlived([2, 1], built)).toEqual([]);
});
