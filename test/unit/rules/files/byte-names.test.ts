/** Names of files are bytes: as strings that go both ways, and wherever a folder is copied. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { packFolder as packForBuild } from '../../../../server/adapters/docker/files/pack-folder.ts';
import { treeOf } from '../../../../server/adapters/docker/volumes/pack-tree.ts';
import { packFolder } from '../../../../server/adapters/task-files/pack.ts';
import { unpackInto } from '../../../../server/adapters/task-files/unpack.ts';
import { copyCourse } from '../../../../server/courses/import/copy-course.ts';
import { readArchive } from '../../../../server/environments/builds/source/build-context.ts';
import { openBuildSources } from '../../../../server/environments/builds/source/build-sources.ts';
import { openWorkspace } from '../../../../server/execution/slots/places/workspace.ts';
import { fillTask } from '../../../../server/execution/slots/task-files.ts';
import { bytesOf, nameOf, shownName } from '../../../../server/rules/files/byte-names.ts';
import { defaultLimits } from '../../../../server/rules/limits.ts';
import { listingOf, writeByteNames } from '../../../support/byte-names.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

const NAMES = [
  'ff',
  '636166e9',
  '93fa967b',
  'c3bc',
  'f09f9982ff',
  'eda080',
  'c0af',
  'e282',
  'f09f99',
  '61ffc3bcfe62',
];

test('a name is the string that Python makes of it, and becomes its bytes again', () => {
  const python =
    'import json, sys; print(json.dumps([bytes.fromhex(n).decode("utf-8", "surrogateescape") for n in sys.argv[1:]]))';
  const theirs = execFileSync('python3', ['-c', python, ...NAMES], { encoding: 'utf8' });
  const names = NAMES.map((hex) => nameOf(Buffer.from(hex, 'hex')));
  expect(names).toEqual(JSON.parse(theirs));
  expect(names.map((name) => bytesOf(name).toString('hex'))).toEqual(NAMES);
});

test('people read a name with escapes', () => {
  expect(shownName(nameOf(Buffer.from('636166e92e747874', 'hex')))).toBe('caf\\xe9.txt');
  expect(shownName('ü🙂')).toBe('ü🙂');
});

/** @param links whether this way takes links along */
function folderWith(links: boolean): string {
  const folder = join(tempFolder(), 'a-task');
  mkdirSync(folder);
  writeByteNames(folder, links);
  return folder;
}

/** As an engine unpacks it. */
async function unpacked(archive: Buffer): Promise<string> {
  const to = tempFolder();
  // Records of our own.
  const quiet = '--warning=no-unknown-keyword';
  execFileSync('tar', [quiet, '-xf', '-', '-C', to], { input: archive });
  return to;
}

const NEWS = { name: 'own', by: 'olga', at: '2026-11-20T10:00:00Z', image: 'own:1' };

type Way = { links: boolean; copy: (from: string) => Promise<string> };
const WAYS: Record<string, Way> = {
  'the bundle of a submission': {
    links: true,
    async copy(from) {
      const packed = await packFolder(from);
      const to = tempFolder();
      if (packed !== null && packed !== 'changing') await unpackInto(to, packed.bytes);
      return join(to, 'a-task');
    },
  },
  'a bundle, as tar reads it': {
    links: true,
    async copy(from) {
      const packed = await packFolder(from);
      return join(packed === null || packed === 'changing' ? '' : await unpacked(packed.bytes), 'a-task');
    },
  },
  'an imported course': {
    links: true,
    async copy(from) {
      const to = join(tempFolder(), 'copy');
      expect((await copyCourse(from, to, () => {})).left).toEqual([]);
      return to;
    },
  },
  'a folder for the engine': {
    links: true,
    copy: async (from) =>
      unpacked(
        await buffer(
          (await treeOf(from)).pack((error) => {
            throw error;
          }),
        ),
      ),
  },
  'the files of a build': {
    links: false,
    copy: async (from) =>
      unpacked(
        await buffer(
          packForBuild(from, 1e6, (error) => {
            throw error;
          }),
        ),
      ),
  },
  'the archive of a build in the browser': {
    links: false,
    async copy(from) {
      const files = await readArchive(execFileSync('tar', ['-cf', '-', '-C', from, '.']), 1e6);
      const sources = openBuildSources(tempFolder());
      const { version } = await sources.begin(NEWS, files);
      expect(await sources.files('own', version)).toEqual(files);
      return sources.contextOf('own', version);
    },
  },
};

describe('names that are not UTF-8', () => {
  test.each(Object.entries(WAYS))('stay as they are in %s', async (_, { links, copy }) => {
    const from = folderWith(links);
    expect(listingOf(await copy(from))).toEqual(listingOf(from));
  });

  test('stay as they are in the folders of a run, in student/ as well', async () => {
    const from = folderWith(true);
    mkdirSync(join(from, 'student'));
    writeByteNames(join(from, 'student'));
    await using workspace = await openWorkspace(tempFolder(), 'one', defaultLimits);
    await fillTask(workspace, from);
    expect(listingOf(workspace.student)).toEqual(listingOf(join(from, 'student')));
    rmSync(join(from, 'student'), { recursive: true });
    expect(listingOf(workspace.task).filter((line) => !line.includes('/73747564656e74'))).toEqual(
      listingOf(from),
    );
  });

  test('are refused in an archive whose records are read as text, with the way out', async () => {
    const from = folderWith(false);
    writeFileSync(join(from, 'Dockerfile'), 'FROM x\n');
    const archive = execFileSync('tar', ['--format=pax', '-cf', '-', '-C', from, '.']);
    await expect(readArchive(archive, 1e6)).rejects.toThrow(/name that is not UTF-8.*tar --format=gnu/);
  });
});
