/** gradeport store check: what it finds, and what it repairs. */
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mongo } from 'mongoose';
import { expect, onTestFinished, test } from 'vitest';
import { checkStore } from '../../server/adapters/check/check.ts';
import { openMongoStore } from '../../server/adapters/mongo/open.ts';
import { readStoreRef } from '../../server/adapters/transfer/store-ref.ts';
import { freshDatabase, sharedMongoServer } from '../support/mongo/server.ts';
import { fillStore } from '../support/store/full-store.ts';
import { quiet } from '../support/store/news.ts';
import { sampleRun } from '../support/store/samples.ts';
import { tempFolder, tempStore } from '../support/store/temp-folder.ts';

const server = await sharedMongoServer();
const DAY_MS = 24 * 3_600_000;

async function notOk(place: string, options: { repair?: boolean; now?: number } = {}) {
  const request = { repair: options.repair ?? false, now: options.now ?? Date.now() };
  const found = await checkStore(readStoreRef(place), request, quiet());
  return found.filter(({ state }) => state !== 'ok').map(({ check, sentence }) => `${check}: ${sentence}`);
}

async function filledFolder(): Promise<string> {
  const folder = tempFolder();
  await fillStore(await tempStore(folder));
  return folder;
}

async function filledDatabase(): Promise<{ url: string; db: mongo.Db }> {
  const url = server.url(freshDatabase());
  const store = await openMongoStore(url);
  onTestFinished(() => store.close());
  await fillStore(store);
  const client = await mongo.MongoClient.connect(url);
  onTestFinished(() => client.close());
  return { url, db: client.db() };
}

test('SQLite: indexes that are missing, or that are others, are named and made', async () => {
  const folder = await filledFolder();
  using database = new DatabaseSync(join(folder, 'gradeport.db'));
  database.exec('DROP INDEX runs_submission; DROP INDEX users_name; CREATE INDEX users_name ON users (id)');
  expect(await notOk(folder)).toEqual(['indexes: 2 are missing or different: users_name, runs_submission.']);
  expect(await notOk(folder, { repair: true })).toEqual([]);
  expect(await notOk(folder)).toEqual([]);
});

test('MongoDB: an index that is missing is named and made', async () => {
  const { url, db } = await filledDatabase();
  await db.collection('users').dropIndex('gradeport_name');
  await db.collection('blobs.files').dropIndex('gradeport_filename');
  const sentence =
    'indexes: 2 are missing or different: users.gradeport_name, blobs.files.gradeport_filename.';
  expect(await notOk(url)).toEqual([sentence]);
  expect(await notOk(url, { repair: true })).toEqual([]);
  expect(await notOk(url)).toEqual([]);
});

test('SQLite: unfinished uploads older than a day are removed, younger ones stay', async () => {
  const folder = await filledFolder();
  const drafts = join(folder, 'blobs/drafts');
  mkdirSync(drafts, { recursive: true });
  for (const name of ['old', 'young']) writeFileSync(join(drafts, name), 'half');
  utimesSync(join(drafts, 'old'), 0, 0);
  expect(await notOk(folder)).toEqual(['unfinished uploads: 1 are older than a day: old.']);
  expect(readdirSync(drafts)).toEqual(['old', 'young']);
  expect(await notOk(folder, { repair: true })).toEqual([]);
  expect(readdirSync(drafts)).toEqual(['young']);
});

test('MongoDB: pieces of uploads without an entry, older than a day, are removed and nothing else', async () => {
  const { url, db } = await filledDatabase();
  const chunks = db.collection('blobs.chunks');
  const whole = await chunks.countDocuments();
  await chunks.insertOne({
    files_id: new mongo.ObjectId(),
    n: 0,
    data: new mongo.Binary(Buffer.from('half')),
  });
  expect(await notOk(url)).toEqual([]);
  const tomorrow = { now: Date.now() + DAY_MS + 60_000 };
  expect(await notOk(url, tomorrow)).toEqual(['unfinished uploads: Pieces of 1 are older than a day.']);
  expect(await notOk(url, { repair: true, ...tomorrow })).toEqual([]);
  expect(await chunks.countDocuments()).toBe(whole);
  expect(await notOk(url)).toEqual([]);
});

test('documents that do not fit are all named, and the others are still looked at', async () => {
  const folder = tempFolder();
  const store = await tempStore(folder);
  for (let n = 0; n < 250; n++)
    await store.runs.insert(sampleRun(`r${String(n).padStart(3, '0')}`, { submission: 's' }), {
      mayBeLost: true,
    });
  await store.settled();
  using database = new DatabaseSync(join(folder, 'gradeport.db'));
  const damage = database.prepare('UPDATE runs SET doc = ? WHERE id = ?');
  for (const id of ['r000', 'r099', 'r100', 'r249']) damage.run(JSON.stringify({ id, state: 'lost' }), id);
  const found = await notOk(folder);
  expect(found[0]).toBe('documents: 4 do not fit their schemas: runs/r000, runs/r099, runs/r100, runs/r249.');
  expect(found[1]).toMatch(/^references: 246 documents lack another: runs\/r001 without submissions\/s,/);
});

test('an upload with another content is found, and one that no submission names is no fault', async () => {
  const folder = tempFolder();
  const store = await tempStore(folder);
  const { large } = await fillStore(store);
  await store.blobs.put(Buffer.from('spare'));
  expect(await notOk(folder)).toEqual([]);
  const file = join(folder, 'blobs', large.slice(0, 2), large);
  expect(existsSync(file)).toBe(true);
  writeFileSync(file, 'other');
  expect(await notOk(folder)).toEqual([`uploads: 1 are missing or damaged: ${large}.`]);
});
