/** Documents of an older Gradeport are brought up to date, on both stores, also when that is killed in the middle. */
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { CURRENT_SCHEMA, migrated, type Schema } from '../../../../server/adapters/migrations/migrations.ts';
import { openMongoStore } from '../../../../server/adapters/mongo/open.ts';
import { openSqliteStore } from '../../../../server/adapters/sqlite/open.ts';
import { SCHEMA_VERSION } from '../../../../server/model/schema-version.ts';
import type { Store } from '../../../../server/ports/store.ts';
import { describeWithMongo, freshDatabase } from '../../../support/mongo/server.ts';
import { gradeReturn, submission } from '../../../support/store/batches.ts';
import { startChild } from '../../../support/store/child.ts';
import { exclaiming, LAST, NEXT } from '../../../support/store/migrations.ts';
import { sampleOutcome, sampleRun, sampleUser } from '../../../support/store/samples.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

const USERS = 450;
const name = (at: number) => `u${String(at).padStart(3, '0')}`;
type Options = { lock?: boolean; schema?: Schema };
type House = {
  open(options?: Options): Promise<Store>;
  /** What a child opens. */
  args: string[];
  /** Names below the folder of backups. */
  backups(): string[];
};

async function closing(opened: Promise<Store>): Promise<Store> {
  const store = await opened;
  onTestFinished(() => store.close());
  return store;
}

async function fill(house: House): Promise<void> {
  const store = await house.open();
  await Promise.all(Array.from({ length: USERS }, (_, at) => store.users.insert(sampleUser(name(at)))));
  const odd = sampleOutcome({ '$a.b': { toString: 1 } });
  await store.runs.insert(sampleRun('r', { outcome: odd }));
  await store.batch(submission('s'));
  await store.close();
}

async function expectUpToDate(store: Store): Promise<void> {
  const users = await store.users.find({}, { sort: { id: 1 } });
  expect(users).toEqual(
    Array.from({ length: USERS }, (_, at) => sampleUser(name(at), { displayName: `${name(at)}!?.` })),
  );
  const odd = sampleOutcome({ '$a.b': { toString: 1 } });
  expect(await store.runs.get('r')).toEqual(sampleRun('r', { outcome: odd, task: 't1-new' }));
  expect(await store.runs.get('run-s')).toMatchObject({ task: 't1-new' });
  expect(await store.gradeReturns.get('s/u1')).toEqual(gradeReturn('s'));
  // It still is what a store writes to and reads from.
  const changed = await store.users.update({ id: name(0) }, { $set: { displayName: 'x' } });
  expect(changed?.displayName).toBe('x');
}

function migrations(house: () => House): void {
  test('step by step, after one backup, and once', async () => {
    await fill(house());
    const store = await closing(house().open({ schema: exclaiming() }));
    await expectUpToDate(store);
    await store.close();
    const again = await closing(house().open({ schema: exclaiming() }));
    expect((await again.users.get(name(1)))?.displayName).toBe(`${name(1)}!?.`);
    expect(house().backups()).toHaveLength(1);
    expect(house().backups()[0]).toContain(`schema-${SCHEMA_VERSION}-2026-11-20T08-00-00-000Z`);
  }, 60_000);

  test('a fresh store is up to date, and one of today needs no backup', async () => {
    await (await house().open({ schema: exclaiming() })).close();
    await (await house().open({ schema: exclaiming() })).close();
    expect(house().backups()).toEqual([]);
  });

  test('a command beside the server changes nothing, and says what to do', async () => {
    await fill(house());
    await expect(house().open({ lock: false, schema: exclaiming() })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(
        `are those of an older Gradeport (schema ${SCHEMA_VERSION}; this one needs ${LAST}). Start the server once: it makes a backup`,
      ),
    });
    const store = await closing(house().open({ lock: false }));
    expect(await store.users.get(name(1))).toEqual(sampleUser(name(1)));
  });

  // After the first document, in the second page, and in the second and third migration of the last version.
  test.each([1, 300, USERS + 10, 2 * USERS + 420])(
    'killed at document %d, it goes on where it was',
    async (at) => {
      await fill(house());
      const child = startChild('migration-child.ts', ...house().args, String(at));
      expect(await child.line()).toBe('stopped');
      await child.kill();
      // An older Gradeport does not open what is half done, and no command does.
      await expect(house().open()).rejects.toMatchObject({
        message: expect.stringContaining('newer Gradeport'),
      });
      await expect(house().open({ lock: false, schema: exclaiming() })).rejects.toMatchObject({
        code: 'conflict',
      });
      const store = await closing(house().open({ schema: exclaiming() }));
      await expectUpToDate(store);
      expect(house().backups()).toHaveLength(1);
    },
    60_000,
  );

  test('a migration that fails leaves a store that the next start mends', async () => {
    await fill(house());
    const broken: Schema = {
      version: NEXT,
      migrations: [{ to: NEXT, collection: 'users', change: (doc) => ({ ...doc, id: 'other' }) }],
    };
    await expect(house().open({ schema: broken })).rejects.toThrow('gives users/u000 another id');
    const store = await closing(house().open({ schema: exclaiming() }));
    await expectUpToDate(store);
  });
}

const clock = () => Date.UTC(2026, 10, 20, 8);
const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

describe('migrations on SQLite', () => {
  let folder: string;
  beforeEach(() => {
    folder = tempFolder();
  });
  const backups = () => namesIn(join(folder, 'backups'));
  migrations(() => ({
    open: (options = {}) => openSqliteStore(folder, { clock, ...options }),
    args: [folder, ''],
    backups,
  }));

  test('the backup is the database as it was, and other users cannot read it', async () => {
    const house: House = {
      open: (options) => openSqliteStore(folder, { clock, ...options }),
      args: [],
      backups,
    };
    await fill(house);
    await (await house.open({ schema: exclaiming() })).close();
    const file = join(folder, 'backups', String(backups()[0]));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const restored = tempFolder();
    copyFileSync(file, join(restored, 'gradeport.db'));
    const store = await closing(openSqliteStore(restored));
    expect(await store.users.count({})).toBe(USERS);
    expect(await store.users.get(name(7))).toEqual(sampleUser(name(7)));
    expect(await store.runs.get('r')).toMatchObject({ task: 't1' });
  });
});

await describeWithMongo('migrations on MongoDB', (server) => {
  let folder: string;
  let url: string;
  beforeEach(() => {
    folder = tempFolder();
    url = server.url(freshDatabase());
  });
  const open = (options: Options = {}) => openMongoStore(url, { clock, backups: folder, ...options });
  migrations(() => ({ open, args: [url, folder], backups: () => namesIn(folder) }));

  test('the backup has a file for each collection, as mongoimport takes it', async () => {
    await fill({ open, args: [], backups: () => [] });
    await (await open({ schema: exclaiming() })).close();
    const backup = join(folder, String(namesIn(folder)[0]));
    expect(statSync(backup).mode & 0o777).toBe(0o700);
    const lines = readFileSync(join(backup, 'users.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(USERS);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      _id: name(0),
      displayName: name(0),
      _inserted: { $oid: expect.any(String) },
    });
    expect(readFileSync(join(backup, 'gradeport.jsonl'), 'utf8')).toContain('"schema"');
  });

  test('without a place for the backup nothing is changed', async () => {
    await fill({ open, args: [], backups: () => [] });
    const message = expect.stringContaining('must be backed up first: start the server for it');
    await expect(openMongoStore(url, { schema: exclaiming() })).rejects.toMatchObject({
      code: 'conflict',
      message,
    });
    expect(await (await closing(open())).users.get(name(1))).toEqual(sampleUser(name(1)));
  });
});

test('what version 1 had of an image in its engine is kept for the first engine that looks', () => {
  const old = { id: 'c@sha256:a', name: 'c', digest: 'sha256:a', image: 'local/c:1', presence: 'removed' };
  const { presence, ...rest } = old;
  const engines = { 'first-engine': { presence: 'removed', image: 'local/c:1' } };
  expect(migrated(CURRENT_SCHEMA, 1, 'revisions', old)).toEqual({ ...rest, engines });
  expect(migrated(CURRENT_SCHEMA, 2, 'revisions', { ...rest, engines })).toEqual({ ...rest, engines });
});

test('one document alone, such as one of a backup, goes through all migrations to its collection', () => {
  const doc = { id: 'u', displayName: 'x' };
  expect(migrated(exclaiming(), SCHEMA_VERSION, 'users', doc)).toEqual({ id: 'u', displayName: 'x!?.' });
  expect(migrated(exclaiming(), NEXT, 'users', doc)).toEqual({ id: 'u', displayName: 'x?.' });
  expect(migrated(exclaiming(), LAST, 'users', doc)).toEqual(doc);
  expect(migrated(exclaiming(), 1, 'pins', doc)).toEqual(doc);
});
