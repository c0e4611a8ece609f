import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BuildContext } from '../../../../../server/environments/builds/source/build-context.ts';
import {
  DISK_OF_BUILDS,
  openBuildSources,
} from '../../../../../server/environments/builds/source/build-sources.ts';
import { canMount, smallDisk } from '../../../../support/small-disk.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradeport-sources-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The disk is tried again every 10 ms here; a machine may do other things as well. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 20_000 });

const about = { name: 'my-c', by: 'ada', at: '2026-11-20T10:00:00.000Z', image: 'local/my-c' };
const context = (text: string): BuildContext =>
  new Map([
    ['Dockerfile', { content: Buffer.from(text), executable: false }],
    ['bin/run', { content: Buffer.from('hi'), executable: true }],
  ]);

test('every build keeps its files, its record and its log, under a number of its own', async () => {
  const sources = openBuildSources(folder);
  const first = await sources.begin(about, context('FROM a\n'));
  await sources.end({ ...first, state: 'built', sentence: 'Built.', digest: 'sha256:1' }, ['one', 'two']);
  const second = await sources.begin(about, context('FROM b\n'));
  expect([first.version, second.version]).toEqual([1, 2]);
  expect((await sources.list('my-c')).map(({ state }) => state)).toEqual(['building', 'built']);
  expect(await sources.lastBuilt('my-c')).toMatchObject({ version: 1, digest: 'sha256:1' });
  expect(await sources.dockerfile('my-c', 1)).toBe('FROM a\n');
  expect(await sources.log('my-c', 1)).toBe('one\ntwo\n');
  expect(await sources.log('my-c', 2)).toBeNull();
  expect(await sources.files('my-c', 2)).toEqual(context('FROM b\n'));
  expect((await stat(join(sources.contextOf('my-c', 1), 'bin/run'))).mode & 0o111).not.toBe(0);
  expect(await sources.names()).toEqual(['my-c']);
});

test('two that begin at once get two numbers', async () => {
  const sources = openBuildSources(folder);
  const begun = await Promise.all(Array.from({ length: 8 }, () => sources.begin(about, context('FROM a\n'))));
  expect(begun.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('of many the last twenty are kept', async () => {
  const sources = openBuildSources(folder);
  for (let count = 0; count < 22; count++) await sources.begin(about, context('FROM a\n'));
  const kept = (await sources.list('my-c')).map(({ version }) => version);
  expect(kept).toHaveLength(20);
  expect([kept[0], kept.at(-1)]).toEqual([22, 3]);
});

test.each(['../x', '.hidden', 'a/b', '', 'é'.repeat(150)])(
  '%j is no name to keep anything under',
  async (name) => {
    const sources = openBuildSources(folder);
    await expect(sources.begin({ ...about, name }, context('FROM a\n'))).rejects.toThrow(
      /is not a valid name for a build/,
    );
    expect(await sources.list(name)).toEqual([]);
  },
);

test('a record that cannot be read is as if it were not there', async () => {
  const sources = openBuildSources(folder);
  const { version } = await sources.begin(about, context('FROM a\n'));
  const file = join(folder, 'my-c', String(version), 'build.json');
  await writeFile(file, '{ broken');
  expect(await sources.get('my-c', version)).toBeNull();
  expect(await readFile(file, 'utf8')).toBe('{ broken');
});

test('the user who built a name first here owns it, and what its image was built from is kept', async () => {
  const sources = openBuildSources(folder);
  const first = await sources.begin(about, context('FROM a\n'));
  await sources.end({ ...first, state: 'built', digest: 'sha256:1' }, []);
  for (let count = 0; count < 22; count++) await sources.begin({ ...about, by: 'olga' }, context('FROM b\n'));
  const records = await sources.list('my-c');
  expect(records[0]).toMatchObject({ by: 'olga', owner: 'ada' });
  expect(records.at(-1)).toMatchObject({ version: 1, state: 'built', owner: 'ada' });
});

test('what never became an image gives no user the name', async () => {
  const sources = openBuildSources(folder);
  const failed = await sources.begin(about, context('FROM a\n'));
  await sources.end({ ...failed, state: 'failed' }, []);
  expect(await sources.begin({ ...about, by: 'tess' }, context('FROM a\n'))).toMatchObject({ owner: 'tess' });
});

test('a build that the server was at when it ended is over at the next start', async () => {
  const sources = openBuildSources(folder);
  await sources.begin(about, context('FROM a\n'));
  const again = openBuildSources(folder);
  await again.settle();
  expect(await again.list('my-c')).toMatchObject([
    { state: 'stopped', sentence: 'The server ended in the middle of it.' },
  ]);
});

test.runIf(canMount)(
  'a build that ends while the disk is full has its outcome once there is room',
  async () => {
    const disk = await smallDisk('size=64k');
    const sources = openBuildSources(disk, 10);
    const begun = await sources.begin(about, context('FROM a\n'));
    const ballast = join(disk, 'ballast');
    await writeFile(ballast, Buffer.alloc(2 ** 20)).catch(() => {});
    await sources.end({ ...begun, state: 'built', sentence: 'Built.', digest: 'sha256:1' }, [
      'x'.repeat(5000),
    ]);
    expect(await sources.get('my-c', 1)).toMatchObject({ state: 'building' });
    await rm(ballast);
    await soon(() => sources.get('my-c', 1)).toMatchObject({ state: 'built', digest: 'sha256:1' });
    expect(await sources.log('my-c', 1)).toHaveLength(5001);
  },
);

const broken = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
/** A disk that fails so many times at each call that is chosen, and is well then. */
function diskThatFails(fails: (call: string, path: string) => boolean, times = 1): typeof DISK_OF_BUILDS {
  let left = times;
  const failing = (call: 'mkdir' | 'rename' | 'rm' | 'writeFile') => (path: string, more: never) =>
    fails(call, path) && left-- > 0 ? Promise.reject(broken) : DISK_OF_BUILDS[call](path, more);
  const calls = { mkdir: failing('mkdir'), rename: failing('rename') };
  return { ...DISK_OF_BUILDS, ...calls, rm: failing('rm'), writeFile: failing('writeFile') } as never;
}

test.each([
  ['the folder of its files', 'mkdir', /context$/],
  ['its Dockerfile', 'writeFile', /Dockerfile$/],
  ['its record', 'writeFile', /build\.json\.new$/],
  ['the name of its record', 'rename', /build\.json\.new$/],
])('a build that cannot begin for %s leaves nothing, and its number is free', async (_, call, path) => {
  const disk = diskThatFails((one, at) => one === call && path.test(at));
  const sources = openBuildSources(folder, 10, disk);
  await expect(sources.begin(about, context('FROM a\n'))).rejects.toThrow('EIO');
  expect(await readdir(join(folder, 'my-c'))).toEqual([]);
  expect(await sources.begin(about, context('FROM a\n'))).toMatchObject({ version: 1 });
});

test('what a build that could not begin left is removed once the disk allows it', async () => {
  const disk = diskThatFails((call, path) => call === 'rm' || path.endsWith('context'), 3);
  const sources = openBuildSources(folder, 10, disk);
  await expect(sources.begin(about, context('FROM a\n'))).rejects.toThrow('EIO');
  await soon(() => readdir(join(folder, 'my-c'))).toEqual([]);
});

test('a start removes what is left of builds that could not begin, and nothing else', async () => {
  const sources = openBuildSources(folder);
  await sources.begin(about, context('FROM a\n'));
  await mkdir(join(folder, 'my-c/2/context'), { recursive: true });
  await writeFile(join(folder, 'my-c/2/build.json.new'), '{ "na');
  await mkdir(join(folder, 'my-c/3'));
  await writeFile(join(folder, 'my-c/3/build.json'), '{ "of": "another version" }');
  await sources.settle();
  expect((await readdir(join(folder, 'my-c'))).sort()).toEqual(['1', '3']);
});

test('a build begins although an old one cannot be removed', async () => {
  const disk = diskThatFails((call) => call === 'rm', 2);
  const sources = openBuildSources(folder, 10, disk);
  for (let count = 0; count < 21; count++) await sources.begin(about, context('FROM a\n'));
  await soon(() => sources.list('my-c')).toHaveLength(20);
});

test('a server starts although its disk takes no record of a build that was cut off', async () => {
  await openBuildSources(folder).begin(about, context('FROM a\n'));
  const disk = diskThatFails((call) => call === 'writeFile');
  const sources = openBuildSources(folder, 10, disk);
  await sources.settle();
  await soon(() => sources.get('my-c', 1)).toMatchObject({ state: 'stopped' });
});
