/** What is moved, backed up and restored between both kinds of store is the same afterwards. */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mongo } from 'mongoose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { backupStore } from '../../server/adapters/backup/backup.ts';
import { restoreStore } from '../../server/adapters/backup/restore.ts';
import { checkStore } from '../../server/adapters/check/check.ts';
import { copyStore } from '../../server/adapters/transfer/copy.ts';
import { abandonIntake, openIntake } from '../../server/adapters/transfer/intake/open-intake.ts';
import { readStoreRef, type StoreRef } from '../../server/adapters/transfer/store-ref.ts';
import { freshDatabase, sharedMongoServer } from '../support/mongo/server.ts';
import { contentsOf, fillStore } from '../support/store/full-store.ts';
import { quiet } from '../support/store/news.ts';
import { sampleSubmission, sampleUser } from '../support/store/samples.ts';
import { tempFolder } from '../support/store/temp-folder.ts';
import { openRef, within } from '../support/store/within-store.ts';

const server = await sharedMongoServer();
const KINDS = {
  SQLite: () => readStoreRef(tempFolder()),
  MongoDB: () => readStoreRef(server.url(freshDatabase())),
};
const PAIRS = [
  ['SQLite', 'MongoDB'],
  ['MongoDB', 'SQLite'],
  ['SQLite', 'SQLite'],
  ['MongoDB', 'MongoDB'],
] as const;
const NO_CHOICE = { replace: false, allowMissing: false };
const ABOUT = { allowMissing: false, gradeport: '0.1.0', at: new Date('2026-11-20T12:00:00Z') };

async function filled(kind: keyof typeof KINDS): Promise<StoreRef> {
  const ref = KINDS[kind]();
  await within(ref, fillStore);
  return ref;
}

const findings = async (ref: StoreRef) =>
  (await checkStore(ref, { repair: false, now: Date.now() }, quiet())).filter(({ state }) => state !== 'ok');

describe.each(PAIRS)('%s → %s', (one, two) => {
  test('a copy holds the same, and the source as before', async () => {
    const [from, to] = [await filled(one), KINDS[two]()];
    const before = await within(from, contentsOf);
    const { collections, blobs } = await copyStore(from, to, NO_CHOICE, quiet());
    expect(await within(to, contentsOf)).toEqual(before);
    expect(await within(from, contentsOf)).toEqual(before);
    expect(collections.users.documents).toBe(2);
    expect(blobs).toEqual({ files: 3, bytes: 3 + 2 ** 20 + 1 });
    expect(await findings(to)).toEqual([]);
  });

  test('a backup of one is restored into the other', async () => {
    const [from, to] = [await filled(one), KINDS[two]()];
    const before = await within(from, contentsOf);
    const file = join(tempFolder(), 'a.tar.gz');
    const backedUp = await backupStore(from, file, ABOUT, quiet());
    expect(backedUp).toMatchObject({ file, bytes: statSync(file).size, missing: [] });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const restored = await restoreStore(file, to, { replace: false }, quiet());
    expect(restored).toMatchObject({ collections: backedUp.collections, leftOut: 0 });
    expect(await within(to, contentsOf)).toEqual(before);
    expect(await findings(to)).toEqual([]);
  });
});

describe.each(['SQLite', 'MongoDB'] as const)('into %s', (kind) => {
  test('a full store is refused, or replaced as a whole where that is asked for', async () => {
    const [from, to] = [await filled('SQLite'), KINDS[kind]()];
    await within(to, (store) => store.users.insert(sampleUser('other')));
    await expect(copyStore(from, to, NO_CHOICE, quiet())).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('--replace'),
    });
    expect(await within(to, (store) => store.users.count({}))).toBe(1);
    await copyStore(from, to, { ...NO_CHOICE, replace: true }, quiet());
    expect(await within(to, contentsOf)).toEqual(await within(from, contentsOf));
  });

  test('what did not end keeps servers and commands out, until it is ended or given up', async () => {
    const [from, to] = [await filled('SQLite'), KINDS[kind]()];
    await within(to, (store) => store.users.insert(sampleUser('before')));
    const half = await openIntake(to, { by: 'store copy /a', replace: true });
    await half.put('users', [sampleUser('half'), sampleUser('u1', { displayName: 'of an earlier attempt' })]);
    await half.close();
    const refused = {
      code: 'conflict',
      message: expect.stringMatching(/"gradeport store copy \/a" into .*abandon/),
    };
    await expect(openRef(to)).rejects.toMatchObject(refused);
    await expect(backupStore(to, join(tempFolder(), 'x'), ABOUT, quiet())).rejects.toMatchObject(refused);
    expect(await findings(to)).toMatchObject([{ check: 'half done', state: 'fail' }]);
    expect(await abandonIntake(to)).toEqual({ by: 'store copy /a', ended: false });
    expect(await abandonIntake(to)).toBeNull();
    expect((await within(to, contentsOf)).documents.users).toEqual([sampleUser('before')]);

    const again = await openIntake(to, { by: 'store copy /a', replace: true });
    await again.put('users', [
      sampleUser('half'),
      sampleUser('u1', { displayName: 'of an earlier attempt' }),
    ]);
    await again.close();
    await copyStore(from, to, { ...NO_CHOICE, replace: true }, quiet());
    expect(await within(to, contentsOf)).toEqual(await within(from, contentsOf));
  });

  test('uploads that are lost stop a copy and a backup, which name them, or are left out', async () => {
    const from = KINDS[kind]();
    const { small } = await within(from, async (store) => {
      const keys = await fillStore(store);
      await store.blobs.remove(keys.small);
      return keys;
    });
    const lost = { code: 'conflict', message: expect.stringContaining(small) };
    await expect(copyStore(from, KINDS.SQLite(), NO_CHOICE, quiet())).rejects.toMatchObject(lost);
    const file = join(tempFolder(), 'a.tar.gz');
    await expect(backupStore(from, file, ABOUT, quiet())).rejects.toMatchObject(lost);
    expect(existsSync(file) || existsSync(`${file}.part`)).toBe(false);
    expect(await findings(from)).toMatchObject([{ check: 'uploads', state: 'fail' }]);
    const backedUp = await backupStore(from, file, { ...ABOUT, allowMissing: true }, quiet());
    expect(backedUp.missing).toEqual([small]);
    expect((await restoreStore(file, KINDS[kind](), { replace: false }, quiet())).missing).toEqual([small]);
  });

  test('a store in use is refused, and one that is both source and destination', async () => {
    const [from, to] = [await filled('SQLite'), KINDS[kind]()];
    const store = await openRef(to);
    onTestFinished(() => store.close());
    await expect(copyStore(from, to, NO_CHOICE, quiet())).rejects.toMatchObject({ code: 'conflict' });
    await expect(copyStore(to, from, NO_CHOICE, quiet())).rejects.toMatchObject({ code: 'conflict' });
    await expect(copyStore(to, to, NO_CHOICE, quiet())).rejects.toMatchObject({ code: 'usage' });
  }, 60_000);

  test('a store that is not there is not made by looking for it', async () => {
    const nothing = KINDS[kind]();
    if (nothing.kind === 'sqlite') rmSync(nothing.folder, { recursive: true });
    const missing = { code: 'not-found' };
    await expect(copyStore(nothing, KINDS.SQLite(), NO_CHOICE, quiet())).rejects.toMatchObject(missing);
    await expect(backupStore(nothing, join(tempFolder(), 'x'), ABOUT, quiet())).rejects.toMatchObject(
      missing,
    );
    await expect(findings(nothing)).rejects.toMatchObject(missing);
    if (nothing.kind === 'sqlite') expect(existsSync(nothing.folder)).toBe(false);
    else expect(await namesIn(nothing.url)).toEqual([]);
  });

  test('check names documents that lack others, and uploads that are damaged', async () => {
    const ref = KINDS[kind]();
    const { small } = await within(ref, async (store) => {
      const keys = await fillStore(store);
      await store.users.remove({ id: 'u1' });
      await store.submissions.remove({ id: 's1' });
      await store.submissions.insert(sampleSubmission('s3'));
      return keys;
    });
    expect(small).toHaveLength(64);
    const [found, ...more] = await findings(ref);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ check: 'references', state: 'fail' });
    for (const name of [
      'submissions/s3',
      'runs/r1',
      'gradeReturns/s1/u1',
      'sessions/eee',
      'ltiLaunches/c1/t1/u1',
    ])
      expect(found?.sentence).toContain(name);
  });
});

test('a swap that was killed in its middle is ended by the next attempt', async () => {
  const [from, to] = [await filled('SQLite'), KINDS.MongoDB()];
  const intake = await openIntake(to, { by: 'store copy /a', replace: false });
  await intake.put('users', [sampleUser('u9')]);
  await intake.close();
  await withDatabase(to, async (db) => {
    await db
      .collection<{ _id: string }>('gradeport')
      .updateOne({ _id: 'incoming' }, { $set: { phase: 'swap' } });
    await db.collection('incoming_users').rename('users', { dropTarget: true });
  });
  await expect(openRef(to)).rejects.toMatchObject({ code: 'conflict' });
  // Another command ends it, and finds the store full.
  await expect(copyStore(from, to, NO_CHOICE, quiet())).rejects.toMatchObject({ code: 'conflict' });
  expect((await within(to, contentsOf)).documents.users).toEqual([sampleUser('u9')]);
  expect(await namesIn(to.kind === 'mongodb' ? to.url : '')).not.toContain('incoming_runs');
});

test('half a surrogate pair becomes the replacement character on its way to MongoDB, which is no difference', async () => {
  const from = KINDS.SQLite();
  await within(from, (store) => store.users.insert(sampleUser('u1', { displayName: 'a\ud800b' })));
  const to = KINDS.MongoDB();
  await copyStore(from, to, NO_CHOICE, quiet());
  expect((await within(to, contentsOf)).documents.users).toMatchObject([{ displayName: 'a\ufffdb' }]);
});

test('an address without one of our schemes, and one without a database, are refused without the password', () => {
  expect(() => readStoreRef('postgres://u:secret@h/x')).toThrow(/data folder/);
  expect(() => readStoreRef('mongodb://u:secret@h/')).toThrow(/names no database/);
  for (const wrong of ['postgres://u:secret@h/x', 'mongodb://u:secret@h/', 'mongodb://u:secret@@@']) {
    const said = (() => {
      try {
        return String(readStoreRef(wrong));
      } catch (error) {
        return String(error);
      }
    })();
    expect(said).not.toContain('secret');
  }
});

async function withDatabase<T>(ref: StoreRef, use: (db: mongo.Db) => Promise<T>): Promise<T> {
  if (ref.kind !== 'mongodb') throw new Error('no database');
  const client = await mongo.MongoClient.connect(ref.url);
  try {
    return await use(client.db());
  } finally {
    await client.close();
  }
}

const namesIn = (url: string): Promise<string[]> =>
  withDatabase({ kind: 'mongodb', url, shown: '' }, async (db) =>
    (await db.listCollections().toArray()).map(({ name }) => name),
  );

test('the first bytes of a backup are those of gzip, and its name appears only once it is whole', async () => {
  const from = await filled('SQLite');
  const file = join(tempFolder(), 'a.tar.gz');
  await backupStore(from, file, ABOUT, quiet());
  expect(readFileSync(file).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  await expect(backupStore(from, file, ABOUT, quiet())).rejects.toMatchObject({ code: 'conflict' });
});
