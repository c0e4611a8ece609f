/** Another program holds the database: the server goes on reading, and writes wait beside other work. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createWriter } from '../../../../server/adapters/sqlite/writer.ts';
import { tempFolder, tempStore } from '../../../support/store/temp-folder.ts';

const setting = (id: string) => ({ id, userId: id, course: 'k', values: {} });

async function heldStore() {
  const folder = tempFolder();
  const store = await tempStore(folder);
  const other = new DatabaseSync(join(folder, 'gradeport.db'));
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  return { store, release: () => other.exec('ROLLBACK') };
}

test('reads answer while a write waits, and the write is done once the database is free, in its order', async () => {
  const { store, release } = await heldStore();
  const done: string[] = [];
  const writes = ['a', 'b'].map((id) => store.settings.insert(setting(id)).then(() => done.push(id)));
  // The write has been tried by then.
  for (let at = 0; at < 20; at += 1) {
    await turn();
    expect(await store.settings.get('a')).toBeNull();
  }
  writes.push(store.settings.insert(setting('c')).then(() => done.push('c')));
  await turn();
  expect(done).toEqual([]);
  release();
  await Promise.all(writes);
  expect(done).toEqual(['a', 'b', 'c']);
  expect(await store.settings.get('c')).toEqual(setting('c'));
});

test('closing waits for writes that wait', async () => {
  const { store, release } = await heldStore();
  const written = store.settings.insert(setting('a'));
  await turn();
  await turn();
  const settled = store.settled();
  release();
  await settled;
  await expect(written).resolves.toBeUndefined();
});

test('a write fails with "busy" when its patience ends, and later ones are tried', async () => {
  const file = join(tempFolder(), 'x.db');
  const [connection, other] = [new DatabaseSync(file, { timeout: 0 }), new DatabaseSync(file)];
  onTestFinished(() => {
    for (const each of [connection, other]) each.close();
  });
  connection.exec('CREATE TABLE t (x TEXT)');
  other.exec('BEGIN IMMEDIATE');
  const writer = createWriter(
    connection,
    (error) => error,
    async () => {},
    50,
  );
  const insert = (x: string) => writer.write(() => connection.prepare('INSERT INTO t VALUES (?)').run(x));
  await expect(insert('a')).rejects.toMatchObject({ errcode: 5 });
  other.exec('ROLLBACK');
  await insert('b');
  expect(connection.prepare('SELECT x FROM t').all()).toEqual([{ x: 'b' }]);
});
