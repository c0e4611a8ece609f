/** kill -9 in the middle of a copy and of a restore: what was there is lost only once everything else is there. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backupStore } from '../../server/adapters/backup/backup.ts';
import { restoreStore } from '../../server/adapters/backup/restore.ts';
import { copyStore } from '../../server/adapters/transfer/copy.ts';
import { abandonIntake } from '../../server/adapters/transfer/intake/open-intake.ts';
import { readStoreRef, type StoreRef } from '../../server/adapters/transfer/store-ref.ts';
import { freshDatabase, sharedMongoServer } from '../support/mongo/server.ts';
import { startChild } from '../support/store/child.ts';
import { contentsOf, fillStore } from '../support/store/full-store.ts';
import { quiet } from '../support/store/news.ts';
import { sampleUser } from '../support/store/samples.ts';
import { tempFolder } from '../support/store/temp-folder.ts';
import type { Point } from '../support/store/transfer-child.ts';
import { openRef, within } from '../support/store/within-store.ts';

const server = await sharedMongoServer();
const argumentOf = (ref: StoreRef): string => (ref.kind === 'sqlite' ? ref.folder : ref.url);

const BEFORE = sampleUser('before');
async function prepared(to: StoreRef): Promise<StoreRef> {
  const from = readStoreRef(tempFolder());
  await within(from, fillStore);
  await within(to, (store) => store.users.insert(BEFORE));
  return from;
}

/** @returns whether it died at the point */
async function dies(command: string, from: string, to: StoreRef, { at, count }: Point): Promise<boolean> {
  const child = startChild('transfer-child.ts', command, from, argumentOf(to), at, String(count));
  return (await child.line()) === null;
}

const usersOf = (ref: StoreRef) => within(ref, (store) => store.users.find({}));
const halfDone = { code: 'conflict', message: expect.stringContaining('gradeport store abandon') };
const progressed = (counts: number[]): Point[] => counts.map((count) => ({ at: 'progress', count }));
const POINTS: Record<'SQLite' | 'MongoDB', Point[]> = {
  // Of the mark, of the mark that all is there, and of the database itself.
  SQLite: [...progressed([2, 9, 17]), ...[1, 2, 3].map((count) => ({ at: 'rename', count }) as const)],
  MongoDB: [
    ...progressed([2, 9, 17]),
    ...[1, 2, 13].map((count) => ({ at: 'rename of a collection', count }) as const),
  ],
};
const REFS = {
  SQLite: () => readStoreRef(tempFolder()),
  MongoDB: () => readStoreRef(server.url(freshDatabase())),
};

describe.each(['SQLite', 'MongoDB'] as const)('into %s', (kind) => {
  test.each(POINTS[kind])('a copy that is killed at $at $count ends when it is run again', async (point) => {
    const to = REFS[kind]();
    const from = await prepared(to);
    expect(await dies('copy', argumentOf(from), to, point)).toBe(true);
    // Before the first mark nothing has begun.
    if (point.at === 'rename' && point.count === 1) expect(await usersOf(to)).toEqual([BEFORE]);
    else await expect(openRef(to)).rejects.toMatchObject(halfDone);
    await copyStore(from, to, { replace: true, allowMissing: false }, quiet());
    expect(await within(to, contentsOf)).toEqual(await within(from, contentsOf));
    expect(await abandonIntake(to)).toBeNull();
  });

  test('a restore that is killed ends when it is run again, or leaves what was there', async () => {
    const to = REFS[kind]();
    const from = await prepared(to);
    const file = join(tempFolder(), 'a.tar.gz');
    await backupStore(from, file, { allowMissing: false, gradeport: '0', at: new Date() }, quiet());
    // The second line of it is said when the backup has been checked.
    for (const count of [2, 5, 12]) {
      expect(await dies('restore', file, to, { at: 'progress', count })).toBe(true);
      await expect(openRef(to)).rejects.toMatchObject(halfDone);
    }
    expect(await abandonIntake(to)).toMatchObject({ ended: false });
    expect(await usersOf(to)).toEqual([BEFORE]);
    expect(await dies('restore', file, to, { at: 'progress', count: 9 })).toBe(true);
    await restoreStore(file, to, { replace: true }, quiet());
    expect(await within(to, contentsOf)).toEqual(await within(from, contentsOf));
  }, 60_000);

  test('given up when all of it was there, it ends instead', async () => {
    const to = REFS[kind]();
    const from = await prepared(to);
    const point =
      kind === 'SQLite'
        ? ({ at: 'rename', count: 3 } as const)
        : ({ at: 'rename of a collection', count: 5 } as const);
    expect(await dies('copy', argumentOf(from), to, point)).toBe(true);
    expect(await abandonIntake(to)).toMatchObject({ ended: true });
    expect(await within(to, contentsOf)).toEqual(await within(from, contentsOf));
  });
});
