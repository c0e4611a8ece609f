/** A real disk that is really full: a small tmpfs. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../../../server/adapters/sqlite/open.ts';
import { canMount, smallDisk } from '../../../support/small-disk.ts';
import { ids, sampleOutcome, sampleRun } from '../../../support/store/samples.ts';

/** Takes what is left of the disk. */
function fill(ballast: string): void {
  const file = openSync(ballast, 'a');
  expect(() => {
    for (;;) writeSync(file, Buffer.alloc(4096));
  }).toThrow('ENOSPC');
  closeSync(file);
}

const big = (id: string) =>
  sampleRun(id, {
    outcome: { ...sampleOutcome(), output: { head: 'x'.repeat(40_000), tail: '', omittedBytes: 0 } },
  });

test.skipIf(!canMount)('a full disk is a "no-space" error and loses nothing', async () => {
  const folder = await smallDisk('size=1m');
  const noSpace = {
    code: 'no-space',
    message: expect.stringContaining(`${folder} is full: free some space`),
  };
  const store = await openSqliteStore(folder);
  const stored: string[] = [];
  const insertUntilFull = async (): Promise<unknown> => {
    for (let index = 0; index < 100; index++) {
      const id = `r${String(index).padStart(3, '0')}`;
      const error = await store.runs.insert(big(id)).catch((reason: unknown) => reason);
      if (error) return error;
      stored.push(id);
    }
    return null;
  };
  expect(await insertUntilFull()).toMatchObject(noSpace);
  expect(stored.length).toBeGreaterThan(2);
  await expect(store.blobs.put(Buffer.alloc(900_000))).rejects.toMatchObject(noSpace);
  expect(ids(await store.runs.find({}, { sort: { id: 1 } }))).toEqual(stored);
  await store.close();

  const again = await openSqliteStore(folder);
  expect(ids(await again.runs.find({}, { sort: { id: 1 } }))).toEqual(stored);
  await again.close();
});

test.skipIf(!canMount)(
  'a disk that something else filled: reading works, writing works again with space',
  async () => {
    const folder = await smallDisk('size=1m');
    const store = await openSqliteStore(folder);
    await store.runs.insert(sampleRun('r'));
    const ballast = join(folder, 'ballast');
    fill(ballast);
    const results = await Promise.allSettled([big('s'), big('t')].map((run) => store.runs.insert(run)));
    for (const result of results)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'no-space' } });
    expect(await store.runs.get('r')).toEqual(sampleRun('r'));
    await store.close();

    // Not even the lock's note can be written now; looking at what is there must still work.
    fill(ballast);
    const looking = await openSqliteStore(folder);
    expect(await looking.runs.get('r')).toEqual(sampleRun('r'));
    await looking.close();
    rmSync(ballast);
    const after = await openSqliteStore(folder);
    await after.runs.insert(big('s'));
    expect(await after.runs.count({})).toBe(2);
    await after.close();
  },
);

test.skipIf(!canMount)('a disk too full to open the database says so, until there is space', async () => {
  const folder = await smallDisk('size=1m');
  await (await openSqliteStore(folder)).close();
  const ballast = join(folder, 'ballast');
  fill(ballast);
  for (const lock of [true, false]) {
    // SQLite itself says no more than "disk I/O error" here.
    await expect(openSqliteStore(folder, { lock })).rejects.toMatchObject({ code: 'no-space' });
  }
  rmSync(ballast);
  await (await openSqliteStore(folder)).close();
});
