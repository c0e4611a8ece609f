/** When a write counts as done: the disk's word, which many writes may share. */
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import { createWriter, type Writer } from '../../../../server/adapters/sqlite/writer.ts';

let connection: DatabaseSync;
let writer: Writer;
/** One entry for each wait for the disk that has begun; settled by the test. */
let waits: PromiseWithResolvers<void>[];
let done: string[];

beforeEach(() => {
  connection = new DatabaseSync(':memory:');
  connection.exec('CREATE TABLE t (x TEXT UNIQUE)');
  waits = [];
  done = [];
  writer = createWriter(
    connection,
    (error) => error,
    () => {
      const wait = Promise.withResolvers<void>();
      waits.push(wait);
      return wait.promise;
    },
  );
});

const insert = (x: string, mayBeLost = false) => {
  const written = writer.write(() => connection.prepare('INSERT INTO t VALUES (?)').run(x), mayBeLost);
  written.then(
    () => done.push(x),
    () => done.push(`${x} failed`),
  );
  return written;
};
const turn = () => new Promise((resolve) => setImmediate(resolve));
const rows = () => connection.prepare('SELECT count(*) AS n FROM t').get()?.['n'];

test('a write is there at once, and done once it is on disk', async () => {
  const written = insert('a');
  await turn();
  expect([rows(), done, waits.length]).toEqual([1, [], 1]);
  waits[0]?.resolve();
  await written;
  expect(done).toEqual(['a']);
});

test('a write that may be lost waits for nothing', async () => {
  await insert('a', true);
  expect(waits).toHaveLength(0);
});

test('beside one that must last, it is done first', async () => {
  const lasting = insert('a');
  await insert('b', true);
  expect(done).toEqual(['b']);
  waits[0]?.resolve();
  await lasting;
});

test('whatever is written during a wait shares the next one, and does not count on the first', async () => {
  insert('a');
  await turn();
  insert('b');
  await turn();
  const c = insert('c');
  await turn();
  expect(waits).toHaveLength(1);
  waits[0]?.resolve();
  await turn();
  expect([done, waits.length]).toEqual([['a'], 2]);
  waits[1]?.resolve();
  await c;
  expect(done).toEqual(['a', 'b', 'c']);
});

test('settled waits for what was written before, lasting or not', async () => {
  insert('a', true);
  let settled = false;
  const all = writer.settled().then(() => {
    settled = true;
  });
  await turn();
  expect([rows(), settled]).toEqual([1, false]);
  waits[0]?.resolve();
  await all;
});

test('when the disk fails, so do the writes that waited for it, and the next one tries again', async () => {
  const lost = insert('a');
  await turn();
  waits[0]?.reject(new Error('no disk'));
  await expect(lost).rejects.toThrow('no disk');
  const next = insert('b');
  await turn();
  waits[1]?.resolve();
  await next;
});

test('one write that is refused takes nothing from the others of its turn', async () => {
  const [first, second, third] = [insert('a'), insert('a'), insert('b')];
  await turn();
  waits[0]?.resolve();
  await Promise.all([first, third]);
  await expect(second).rejects.toThrow('UNIQUE');
  expect(rows()).toBe(2);
});
