/** What only the embedded store does: its folder, its lock, its version, its file. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openStore } from '../../../../server/adapters/open-store.ts';
import { openSqliteStore } from '../../../../server/adapters/sqlite/open.ts';
import { SCHEMA_VERSION } from '../../../../server/model/schema-version.ts';
import { sampleOutcome, sampleRun } from '../../../support/store/samples.ts';
import { tempFolder, tempStore } from '../../../support/store/temp-folder.ts';

function inFile(folder: string, statement: string): void {
  const db = new DatabaseSync(join(folder, 'gradeport.db'));
  db.exec(statement);
  db.close();
}

test('creates its folder, keeps its file private, and finds everything again', async () => {
  const folder = join(tempFolder(), 'deep', 'data');
  const store = await openStore({ data: folder, store: null });
  await store.runs.insert(sampleRun('r'));
  expect(statSync(join(folder, 'gradeport.db')).mode & 0o777).toBe(0o600);
  await store.close();
  const again = await openStore({ data: folder, store: null });
  expect(await again.runs.get('r')).toEqual(sampleRun('r'));
  await again.close();
  expect(readdirSync(folder).toSorted()).toEqual(['gradeport.db', 'gradeport.guard']);
});

test('one process cannot open a folder twice; closing sets it free', async () => {
  const folder = tempFolder();
  const store = await openSqliteStore(folder);
  await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: 'conflict' });
  await store.runs.insert(sampleRun('r'));
  await store.close();
  await store.close();
  await tempStore(folder);
});

test('a command beside a running server sees and changes its documents', async () => {
  const folder = tempFolder();
  const server = await tempStore(folder);
  const command = await tempStore(folder, { lock: false });
  await server.runs.insert(sampleRun('r'));
  await command.runs.update({ id: 'r' }, { $set: { state: 'done' } });
  expect(await server.runs.get('r')).toMatchObject({ state: 'done' });
});

test('close writes what was asked for before it', async () => {
  const folder = tempFolder();
  const store = await openSqliteStore(folder);
  const pending = store.runs.insert(sampleRun('r'));
  await store.close();
  await pending;
  expect(await (await tempStore(folder)).runs.count({})).toBe(1);
});

test('a write after close fails, and says so', async () => {
  const store = await openSqliteStore(tempFolder());
  await store.close();
  await expect(store.runs.insert(sampleRun('r'))).rejects.toThrow('not open');
});

test('refuses a folder of a newer version, and leaves it free', async () => {
  const folder = tempFolder();
  await (await openSqliteStore(folder)).close();
  inFile(folder, `UPDATE schema_version SET version = ${SCHEMA_VERSION + 1}`);
  const newer = {
    code: 'conflict',
    message: expect.stringContaining(`newer Gradeport (schema ${SCHEMA_VERSION + 1}`),
  };
  for (let count = 0; count < 2; count++) await expect(openSqliteStore(folder)).rejects.toMatchObject(newer);
  expect(existsSync(join(folder, 'gradeport.lock'))).toBe(false);
  inFile(folder, `UPDATE schema_version SET version = ${SCHEMA_VERSION}`);
  await tempStore(folder);
});

test('a file that is no database is refused by name', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'gradeport.db'), 'This is a letter, not a database.'.repeat(100));
  await expect(openSqliteStore(folder)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining(`${join(folder, 'gradeport.db')} is damaged`),
  });
});

test('names the stored document that does not fit', async () => {
  const folder = tempFolder();
  const store = await tempStore(folder);
  await store.runs.insert(sampleRun('r'));
  inFile(folder, `UPDATE runs SET doc = json_set(doc, '$.state', 'lost')`);
  await expect(store.runs.get('r')).rejects.toThrow('runs/r');
});

test('keeps a write-ahead log', async () => {
  const folder = tempFolder();
  await tempStore(folder);
  const db = new DatabaseSync(join(folder, 'gradeport.db'));
  expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  db.close();
});

test('a data folder that is a file is refused with what to do', async () => {
  const file = join(tempFolder(), 'file');
  writeFileSync(file, '');
  for (const place of [file, join(file, 'data')]) {
    await expect(openSqliteStore(place)).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringMatching(/^The data folder .* (is a file|cannot be made).*--data/),
    });
  }
});

test('half-written blobs of a killed process are cleared by the next server', async () => {
  const folder = tempFolder();
  const drafts = join(folder, 'blobs', 'drafts');
  mkdirSync(drafts, { recursive: true });
  writeFileSync(join(drafts, 'half'), 'x');
  await tempStore(folder, { lock: false });
  expect(existsSync(join(drafts, 'half'))).toBe(true);
  await tempStore(folder);
  expect(existsSync(drafts)).toBe(false);
});

test('fields that a document does not know yet, or no longer, do not make it unreadable', async () => {
  const folder = tempFolder();
  const store = await tempStore(folder);
  await store.runs.insert(sampleRun('r', { outcome: sampleOutcome() }));
  inFile(folder, `UPDATE runs SET doc = json_remove(json_set(doc, '$.later', 1), '$.outcome.report.text')`);
  expect(await store.runs.get('r')).toEqual(sampleRun('r', { outcome: sampleOutcome() }));
  expect(await store.runs.update({ id: 'r' }, { $inc: { attempt: 1 } })).toMatchObject({ attempt: 1 });
});
