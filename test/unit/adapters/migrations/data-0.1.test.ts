/**
 * A data folder that version 0.1 wrote opens in every later one. It is test/fixtures/data-0.1, written once with the
 * store of commit dd43ae8: never write it anew. documents.json has what was in it, in the words of that version.
 */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import {
  CURRENT_SCHEMA,
  migrated,
  type OldDocument,
} from '../../../../server/adapters/migrations/migrations.ts';
import { declaredIndexes } from '../../../../server/adapters/sqlite/database.ts';
import { type CollectionName, collectionNames } from '../../../../server/model/collections.ts';
import { tempFolder, tempStore } from '../../../support/store/temp-folder.ts';

const FIXTURE = join(import.meta.dirname, '../../../fixtures/data-0.1');
const written: { blobs: string[]; documents: Record<CollectionName, OldDocument[]> } = JSON.parse(
  readFileSync(join(FIXTURE, 'documents.json'), 'utf8'),
);

function oldFolder(): string {
  const folder = tempFolder();
  cpSync(FIXTURE, folder, { recursive: true });
  return folder;
}

function inFile<T>(folder: string, work: (database: DatabaseSync) => T): T {
  using database = new DatabaseSync(join(folder, 'gradeport.db'));
  return work(database);
}

const indexesOf = (folder: string): string[] =>
  inFile(folder, (database) =>
    database
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`)
      .all()
      .map(({ name }) => String(name)),
  );

test('every document and upload of a folder of version 0.1 is there, and can be changed', async () => {
  const store = await tempStore(oldFolder());
  for (const name of Object.keys(written.documents) as CollectionName[]) {
    const expected = written.documents[name].map((doc) => migrated(CURRENT_SCHEMA, 1, name, doc));
    expect(expected.length).toBeGreaterThan(0);
    expect(await store[name].find({}, { sort: { id: 1 } }), name).toEqual(expected);
  }
  for (const key of written.blobs) expect(await store.blobs.get(key)).not.toHaveLength(0);
  const waiting = await store.runs.find({ state: 'queued' });
  expect(waiting.map(({ id }) => id)).toEqual(['r3']);
  expect(await store.runs.update({ id: 'r3' }, { $set: { state: 'running' } })).toMatchObject({ attempt: 0 });
});

test('the fixture has documents of every collection that version 0.1 had', () => {
  const known = new Set<string>(collectionNames);
  for (const name of Object.keys(written.documents)) expect(known).toContain(name);
  expect(Object.keys(written.documents)).toHaveLength(13);
});

test('indexes that a later version declares are made when it starts, also beside a store that is open', async () => {
  const folder = oldFolder();
  const all = declaredIndexes().map(({ name }) => name);
  const running = await tempStore(folder);
  expect(indexesOf(folder)).toEqual(expect.arrayContaining(all));
  // As they were before the newest two.
  inFile(folder, (database) => database.exec('DROP INDEX runs_submission; DROP INDEX "users_name"'));
  const command = await tempStore(folder, { lock: false });
  expect(indexesOf(folder)).toEqual(expect.arrayContaining(all));
  expect(await running.runs.find({ submission: 's1' })).toHaveLength(2);
  await running.users.update({ id: 'u-bob' }, { $set: { displayName: 'Robert' } });
  expect(await command.users.findOne({ name: 'bob' })).toMatchObject({ displayName: 'Robert' });
});
