/** Files that claim to be exported environments: read as a whole, believed in nothing. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readImageTar, repackImageTar } from '../../../../server/environments/archives/image-tar.ts';
import { openArchive } from '../../../../server/environments/archives/open-archive.ts';
import { readSampleFiles, writeSampleFiles } from '../../../../server/environments/archives/samples-files.ts';
import {
  collect,
  hexOf,
  imageEntries,
  imageIdOf,
  makeTar,
  type TarEntry,
} from '../../../support/tar-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-archive-'));
afterAll(() => rmSync(folder, { recursive: true }));
const LABELS = { 'org.gradeport.grading.name': 'lua' };
const unstopped = new AbortController().signal;

type Parts = {
  samples?: Record<string, string>;
  image?: TarEntry[];
  change?: (provenance: object) => object;
};

async function entriesOf({ samples = {}, image = imageEntries(LABELS), change = (x) => x }: Parts) {
  const inner = await makeTar(image);
  const contents: [string, Buffer][] = [
    ...Object.entries(samples).map(([name, text]): [string, Buffer] => [name, Buffer.from(text)]),
    ['image.tar', inner],
  ];
  const provenance = {
    format: 'gradeport-environment',
    version: 1,
    name: 'lua',
    image: 'local/lua:latest',
    digest: imageIdOf(image),
    from: null,
    by: 'ann',
    at: '2026-11-20T10:00:00.000Z',
    gradeport: '0.1.0',
    parts: contents.map(([name, bytes]) => ({ name, bytes: bytes.length, sha256: hexOf(bytes) })),
  };
  return [
    { name: 'gradeport.json', content: JSON.stringify(change(provenance)) },
    ...contents.map(([name, content]): TarEntry => ({ name, content })),
  ];
}

let count = 0;
async function fileOf(entries: TarEntry[]): Promise<string> {
  count += 1;
  const file = join(folder, `${count}.tar`);
  writeFileSync(file, await makeTar(entries));
  return file;
}
const openWith = async (entries: TarEntry[]) => openArchive(await fileOf(entries), unstopped);

describe('an archive', () => {
  test('that is as it should be gives its image, its samples and where it is from', async () => {
    const samples = { 'samples/hello/task.yaml': 'name: Hello', 'samples/hello/samples/right.yaml': 'x: 1' };
    const opened = await openWith(await entriesOf({ samples }));
    expect(opened.provenance).toMatchObject({ name: 'lua', by: 'ann' });
    expect(opened.image.config.labels).toEqual(LABELS);
    expect([...opened.samples].map(([name, bytes]) => [name, bytes.toString()])).toEqual(
      Object.entries(samples),
    );
  });

  test('with one byte changed is refused', async () => {
    const entries = await entriesOf({ samples: { 'samples/a': 'good' } });
    const changed = entries.map((one) => (one.name === 'samples/a' ? { ...one, content: 'evil' } : one));
    await expect(openWith(changed)).rejects.toThrow('"samples/a" was changed or is damaged');
  });

  test('that was cut off is refused', async () => {
    const file = join(folder, 'short.tar');
    const whole = await makeTar(await entriesOf({}));
    writeFileSync(file, whole.subarray(0, whole.length - 4096));
    await expect(openArchive(file, unstopped)).rejects.toMatchObject({ code: 'usage' });
  });

  test('with anything changed anywhere is either the same or refused, and never waits for more', async () => {
    const whole = await makeTar(await entriesOf({ samples: { 'samples/a': 'good' } }));
    const file = join(folder, 'changed.tar');
    const place = fc.nat(whole.length - 1);
    await fc.assert(
      fc.asyncProperty(place, fc.nat(255), fc.boolean(), async (at, byte, isCut) => {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        writeFileSync(file, isCut ? bytes.subarray(0, at) : bytes);
        const opened = await openArchive(file, unstopped).catch((error: unknown) => error);
        if (opened instanceof Error) expect(opened).toMatchObject({ code: 'usage' });
        else expect(opened).toMatchObject({ image: { config: { labels: LABELS } } });
      }),
      { numRuns: 300 },
    );
  });

  test.each<[string, (entries: TarEntry[]) => TarEntry[], string]>([
    ['without its list', (all) => all.slice(1), 'first part is not gradeport.json'],
    [
      'with something that its list does not name',
      (all) => [...all, { name: 'more', content: 'x' }],
      '"more" is not in its list',
    ],
    ['with a part twice', (all) => [...all, ...all.slice(-1)], 'is there twice'],
    ['without its image', (all) => all.slice(0, -1), 'image.tar is missing'],
    [
      'with a link',
      (all) => [...all, { name: 'samples/x', type: 'symlink', linkname: '/etc/passwd' }],
      'holds a symlink',
    ],
    [
      'with a device',
      (all) => [...all, { name: 'samples/x', type: 'character-device' }],
      'holds a character-device',
    ],
    ['with nothing in it', () => [], 'empty, compressed, or no archive'],
  ])('%s is refused', async (_, change, sentence) => {
    await expect(openWith(change(await entriesOf({})))).rejects.toThrow(sentence);
  });

  test.each(['samples/../../x', 'samples//x', '/etc/x', 'samples/.ssh/x', 'samples/a\u001b[2J', 'more/x'])(
    'whose list names %j is refused',
    async (name) => {
      await expect(openWith(await entriesOf({ samples: { [name]: 'x' } }))).rejects.toThrow('its list names');
    },
  );

  test.each<[string, object, string]>([
    ['of another kind', { format: 'zip' }, 'gradeport.json: format'],
    ['of a later version', { version: 2 }, 'gradeport.json: version'],
    ['with an unknown field', { extra: 1 }, 'gradeport.json'],
    ['whose image is another', { digest: `sha256:${'0'.repeat(64)}` }, 'is another than it says'],
  ])('%s is refused', async (_, change, sentence) => {
    const entries = await entriesOf({ change: (provenance) => ({ ...provenance, ...change }) });
    await expect(openWith(entries)).rejects.toThrow(sentence);
  });

  test('that is no tar, or is not there, says so', async () => {
    const file = join(folder, 'text');
    writeFileSync(file, 'x'.repeat(2000));
    await expect(openArchive(file, unstopped)).rejects.toMatchObject({ code: 'usage' });
    await expect(openArchive(join(folder, 'none'), unstopped)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the image in an archive', () => {
  const readAll = async (entries: TarEntry[]) => readImageTar(Readable.from([await makeTar(entries)]));

  test('is packed anew, the same', async () => {
    const entries = imageEntries(LABELS);
    const again = repackImageTar(Readable.from([await makeTar(entries)]));
    expect((await readImageTar(again)).digest).toBe(imageIdOf(entries));
  });

  test.each<[string, TarEntry[], string]>([
    ['that takes a name', imageEntries(LABELS, ['gradeport/base:latest']), 'carries a name'],
    ['beside another', [...imageEntries(LABELS), { name: 'repositories', content: '{}' }], 'does not belong'],
    ['with two lists', [...imageEntries(LABELS), ...imageEntries({}, ['x:1']).slice(-1)], 'twice'],
    [
      'with a second list by another spelling',
      [...imageEntries(LABELS), { name: './manifest.json', content: '[]' }],
      'twice',
    ],
    [
      'with a link to a folder outside',
      [...imageEntries(LABELS), { name: 'x', type: 'symlink', linkname: '/' }],
      'does not belong',
    ],
    [
      'with a layer that is a link to the machine',
      [
        ...imageEntries(LABELS),
        { name: `${'2'.repeat(64)}/layer.tar`, type: 'symlink', linkname: '../../etc/shadow' },
      ],
      'does not belong',
    ],
    [
      'with a hard link',
      [...imageEntries(LABELS), { name: `${'2'.repeat(64)}.json`, type: 'link', linkname: 'manifest.json' }],
      'does not belong',
    ],
    [
      'with a name in a header that only some readers look at',
      [
        ...imageEntries(LABELS),
        {
          name: `${'2'.repeat(64)}.json`,
          content: '[]',
          pax: { 'GNU.sparse.name': 'manifest.json' },
        },
      ],
      'does not belong',
    ],
    ['without a list', imageEntries(LABELS).slice(0, -1), 'is not taken'],
    [
      'without its configuration',
      imageEntries(LABELS).filter(({ name }) => !/\.json$/.test(name) || name === 'manifest.json'),
      'configuration of the image is missing',
    ],
  ])('%s is refused', async (_, entries, sentence) => {
    await expect(readAll(entries)).rejects.toThrow(sentence);
  });

  test('with a layer that is there twice keeps the link between the two', async () => {
    const link: TarEntry = {
      name: `${'2'.repeat(64)}/layer.tar`,
      type: 'symlink',
      linkname: `../${'1'.repeat(64)}/layer.tar`,
    };
    const again = repackImageTar(Readable.from([await makeTar([...imageEntries(LABELS), link])]));
    const bytes = await collect(again);
    expect(bytes.includes(link.name)).toBe(true);
  });
});

describe('samples that go into an archive', () => {
  const source = join(folder, 'samples');
  mkdirSync(join(source, 'hello/samples'), { recursive: true });
  writeFileSync(join(source, 'hello/task.yaml'), 'name: Hello');
  writeFileSync(join(source, 'hello/samples/right.yaml'), 'x: 1');

  test('come out of it the same', async () => {
    const files = await readSampleFiles(source);
    expect([...files.keys()]).toEqual(['samples/hello/samples/right.yaml', 'samples/hello/task.yaml']);
    const target = join(folder, 'out');
    mkdirSync(target);
    await writeSampleFiles(target, files);
    expect(await readSampleFiles(target)).toEqual(files);
  });

  test('may not be links', async () => {
    const linked = join(folder, 'linked');
    mkdirSync(linked);
    symlinkSync('/etc/passwd', join(linked, 'x'));
    await expect(readSampleFiles(linked)).rejects.toThrow('is a link');
  });
});
