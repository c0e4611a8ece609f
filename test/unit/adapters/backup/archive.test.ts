/** A backup that is not whole, not ours, or made by somebody hostile: refused with a sentence before anything changes. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { backupStore } from '../../../../server/adapters/backup/backup.ts';
import { type ArchiveReader, readArchive } from '../../../../server/adapters/backup/read.ts';
import { restoreStore } from '../../../../server/adapters/backup/restore.ts';
import { TAR_END, tarHeader, tarPadding } from '../../../../server/adapters/backup/tar.ts';
import type { OldDocument } from '../../../../server/adapters/migrations/migrations.ts';
import { openSqliteStore } from '../../../../server/adapters/sqlite/open.ts';
import { readStoreRef } from '../../../../server/adapters/transfer/store-ref.ts';
import { eachEntry } from '../../../../server/environments/archives/tar-reading.ts';
import { SCHEMA_VERSION } from '../../../../server/model/schema-version.ts';
import { contentsOf, fillStore } from '../../../support/store/full-store.ts';
import { quiet } from '../../../support/store/news.ts';
import { sampleUser } from '../../../support/store/samples.ts';
import { tempFolder, tempStore } from '../../../support/store/temp-folder.ts';
import { collect, makeTar, type TarEntry } from '../../../support/tar-files.ts';

const NOBODY = { documents: async () => {}, blob: async () => {} };
const ABOUT = { allowMissing: false, gradeport: '0.1.0', at: new Date('2026-11-20T12:00:00Z') };
type File = { name: string; content: Buffer };

/** The files of a whole backup, and its bytes. */
async function goodBackup(): Promise<{ files: File[]; packed: Buffer }> {
  const folder = tempFolder();
  const store = await openSqliteStore(folder);
  await fillStore(store);
  await store.close();
  const file = join(folder, 'a.tar.gz');
  await backupStore(readStoreRef(folder), file, ABOUT, quiet());
  const packed = readFileSync(file);
  const files: File[] = [];
  await eachEntry(Readable.from(gunzipSync(packed)), async ({ name }, content) => {
    files.push({ name, content: await collect(content) });
    return 'go on';
  });
  return { files, packed };
}

const tarOf = (files: readonly File[]): Buffer =>
  Buffer.concat([
    ...files.flatMap(({ name, content }) => [
      tarHeader(name, content.length, 0),
      content,
      tarPadding(content.length),
    ]),
    TAR_END,
  ]);

async function refusal(bytes: Buffer): Promise<string> {
  const file = join(tempFolder(), 'b.tar.gz');
  writeFileSync(file, bytes);
  return readArchive(file, NOBODY, new AbortController().signal).then(
    () => 'taken',
    (error: unknown) => {
      expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(file) });
      return error instanceof Error ? error.message : '';
    },
  );
}

const replaced = (
  files: readonly File[],
  name: string | RegExp,
  change: (text: string) => string,
): File[] => {
  const found = files.filter((file) => new RegExp(name).test(file.name));
  expect(found.length).toBeGreaterThan(0);
  return files.map((file) =>
    found.includes(file) ? { ...file, content: Buffer.from(change(file.content.toString())) } : file,
  );
};

describe('a backup', () => {
  let good: Awaited<ReturnType<typeof goodBackup>>;
  // Made anew: the folder is gone with the test that made it.
  const open = async () => {
    good ??= await goodBackup();
    return good;
  };

  test('that is whole is taken, also when another program packed it', async () => {
    const { files, packed } = await open();
    expect(await refusal(packed)).toBe('taken');
    expect(await refusal(gzipSync(tarOf(files)))).toBe('taken');
    const others = await makeTar(files.map(({ name, content }) => ({ name, content })));
    expect(await refusal(gzipSync(others))).toBe('taken');
    expect(files.map(({ name }) => name).slice(0, 2)).toEqual([
      'manifest.json',
      'documents/runs/000001.jsonl',
    ]);
    expect(files.at(-1)?.name).toBe('checks.json');
  });

  test('that is cut short is refused, wherever it is cut', async () => {
    const { files, packed } = await open();
    const ends = [0, 1, 9, 18, packed.length - 1, packed.length - 8, packed.length - 9];
    const step = Math.ceil(packed.length / 40);
    for (let end = step; end < packed.length; end += step) ends.push(end);
    for (const end of ends) expect(await refusal(packed.subarray(0, end)), `at ${end}`).toMatch(/cut short/);
    // At the boundary of each file, as a program would that closes what it wrote in order.
    for (let count = 0; count < files.length; count++)
      expect(await refusal(gzipSync(tarOf(files.slice(0, count)))), `after ${count}`).toMatch(/cut short/);
    const tar = tarOf(files);
    for (let end = 512; end < tar.length - 1024; end += Math.ceil(tar.length / 2000) * 512)
      expect(await refusal(gzipSync(tar.subarray(0, end))), `tar at ${end}`).toMatch(/cut short/);
  });

  test('in which a bit is another is refused, wherever it is', async () => {
    const { packed, files } = await open();
    const step = Math.ceil(packed.length / 60);
    // The first ten are gzip's header: time and system say nothing.
    for (let at = 10; at < packed.length; at += step) {
      const flipped = Buffer.from(packed);
      flipped[at] = (flipped[at] ?? 0) ^ 4;
      expect(await refusal(flipped), `at ${at}`).toMatch(
        /damaged|cut short|not part|checks say|not JSON|fit its schema/,
      );
    }
    for (const { name, content } of files.filter((file) => file.content.length > 0)) {
      const at = Math.floor(content.length / 2);
      const flipped = Buffer.from(content);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const changed = files.map((file) => (file.name === name ? { name, content: flipped } : file));
      expect(await refusal(gzipSync(tarOf(changed))), name).not.toBe('taken');
    }
  }, 60_000);

  test.each(['checks', 'blobs', 'documents'])('without one of its %s is refused', async (kind) => {
    const { files } = await open();
    for (const { name } of files.filter((file) => file.name.startsWith(kind)))
      expect(await refusal(gzipSync(tarOf(files.filter((file) => file.name !== name)))), name).toMatch(
        /cut short|checks say|no submission names/,
      );
  });

  test('of another version says which Gradeport to take', async () => {
    const { files } = await open();
    const of = async (name: string, value: number) =>
      refusal(
        gzipSync(
          tarOf(
            replaced(files, /manifest/, (text) =>
              JSON.stringify({ ...JSON.parse(text), [name]: value, new: 1 }),
            ),
          ),
        ),
      );
    expect(await of('version', 2)).toMatch(/version 2, and this Gradeport knows 1\. Restore it with/);
    const newer = replaced(files, /manifest/, (text) => JSON.stringify({ ...JSON.parse(text), schema: 99 }));
    expect(await refusal(gzipSync(tarOf(newer)))).toMatch(
      /Gradeport 0\.1\.0 wrote it \(schema 99; this one knows/,
    );
  });

  test('of an older version is brought up to date while it is read', async () => {
    const { packed } = await open();
    const file = join(tempFolder(), 'b.tar.gz');
    writeFileSync(file, packed);
    const names: unknown[] = [];
    const reader: ArchiveReader = {
      ...NOBODY,
      documents: async (name, docs) => {
        if (name === 'users') names.push(...docs.map((doc) => Reflect.get(doc, 'displayName')));
      },
    };
    const change = (doc: OldDocument): OldDocument => ({ ...doc, displayName: `new ${doc['displayName']}` });
    const to = SCHEMA_VERSION + 1;
    const current = { version: to, migrations: [{ to, collection: 'users', change }] };
    await readArchive(file, reader, new AbortController().signal, current);
    expect(names).toEqual(['new u1', 'new u2']);
  });

  test('that is something else is refused by what it is not', async () => {
    expect(await refusal(Buffer.from('hello'))).toMatch(/damaged/);
    expect(await refusal(gzipSync('hello'))).toMatch(/cut short/);
    expect(await refusal(gzipSync(Buffer.alloc(4096, 'x')))).toMatch(/header in it is damaged/);
    expect(await refusal(gzipSync(await makeTar([{ name: 'checks.json', content: '{}' }])))).toMatch(
      /manifest/,
    );
    const manifest = { name: 'manifest.json', content: '{"format":"gradeport-environment","version":1}' };
    expect(await refusal(gzipSync(await makeTar([manifest])))).toMatch(/manifest of a Gradeport store/);
    const { files } = await open();
    expect(
      await refusal(gzipSync(tarOf([...files, { name: 'checks.json', content: Buffer.from('{}') }]))),
    ).toMatch(/follows its checks/);
    expect(await refusal(gzipSync(Buffer.concat([tarOf(files), Buffer.from('x')])))).toMatch(
      /follows its end/,
    );
  });

  test.each<[string, TarEntry]>([
    ['a path upwards', { name: '../../etc/cron.d/x', content: 'x' }],
    ['an absolute path', { name: '/etc/passwd', content: 'x' }],
    ['a path upwards behind ours', { name: 'blobs/../../x', content: 'x' }],
    ['a collection that there is not', { name: 'documents/lost/000001.jsonl', content: '' }],
    ['a name of JavaScript', { name: 'documents/constructor/000001.jsonl', content: '' }],
    ['a second manifest', { name: 'manifest.json', content: '{}' }],
    ['a link', { name: `blobs/${'a'.repeat(64)}`, type: 'symlink', linkname: '/etc/passwd' }],
    ['a hard link', { name: `blobs/${'a'.repeat(64)}`, type: 'link', linkname: 'manifest.json' }],
    ['a folder', { name: 'blobs/', type: 'directory' }],
    ['a device', { name: `blobs/${'b'.repeat(64)}`, type: 'character-device' }],
    ['a long name', { name: `blobs/${'c'.repeat(300)}`, content: 'x' }],
    ['an upload that nothing names', { name: `blobs/${hashOf('x')}`, content: 'x' }],
    ['an upload of another content', { name: `blobs/${hashOf('y')}`, content: 'x' }],
  ])('with %s is refused', async (_, entry) => {
    const { files } = await open();
    const tar = await makeTar([...files.slice(0, -1), entry, ...files.slice(-1)]);
    expect(await refusal(gzipSync(tar))).toMatch(
      /is not a backup that can be restored: .*Nothing was changed/,
    );
  });

  test('with a document twice, of another shape, or with a field of the future is refused', async () => {
    const { files } = await open();
    const changed = (change: (text: string) => string) =>
      refusal(gzipSync(tarOf(replaced(files, /documents\/users/, change))));
    expect(await changed((text) => text + text)).toMatch(/users\/u\d is in it twice/);
    expect(await changed((text) => text.replace('"operator":false', '"operator":"yes"'))).toMatch(
      /users\/u1 does not fit its schema: [\s\S]*operator/,
    );
    expect(await changed((text) => text.replace('{', '{"future":1,'))).toMatch(/future/);
    expect(await changed(() => 'null\n')).toMatch(/does not fit its schema/);
    expect(await changed(() => '{"id":\n')).toMatch(/not JSON/);
  });

  test('that promises or holds more than fits is refused before it is read', async () => {
    const { files } = await open();
    const promise = (name: string, size: number) =>
      refusal(
        gzipSync(
          Buffer.concat([
            ...files.slice(0, 1).map(({ content }) => entryOf(content)),
            tarHeader(name, size, 0),
          ]),
        ),
      );
    expect(await promise('documents/runs/000001.jsonl', 2 ** 32)).toMatch(/more than the \d+ it may have/);
    expect(await promise(`blobs/${'a'.repeat(64)}`, 2 ** 32)).toMatch(/more than the \d+ it may have/);
    expect(await promise('manifest.json', 2 ** 20)).toMatch(/more than the \d+ it may have/);
    // 2 GiB of zeros in 2 MB: behind the end, and as a part.
    const zeros = gzipSync(Buffer.alloc(2 ** 26));
    const before = process.memoryUsage().rss;
    const many = Buffer.concat([gzipSync(tarOf(files)), ...Array.from({ length: 32 }, () => zeros)]);
    expect(await refusal(many)).toMatch(/follows its end/);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29);
  });

  test('that is refused leaves the store as it was', async () => {
    const { files } = await open();
    const folder = tempFolder();
    const store = await openSqliteStore(folder);
    await store.users.insert(sampleUser('before'));
    const before = await contentsOf(store);
    await store.close();
    const file = join(tempFolder(), 'b.tar.gz');
    writeFileSync(file, gzipSync(tarOf(files.slice(0, -1))));
    const refused = restoreStore(file, readStoreRef(folder), { replace: true }, quiet());
    await expect(refused).rejects.toMatchObject({ code: 'usage' });
    expect(await contentsOf(await tempStore(folder))).toEqual(before);
  });
});

const entryOf = (content: Buffer): Buffer =>
  Buffer.concat([tarHeader('manifest.json', content.length, 0), content, tarPadding(content.length)]);

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
