/** A backup beside a server that never rests: whole submissions only, and all that were accepted before it began. */
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { backupStore } from '../../server/adapters/backup/backup.ts';
import { restoreStore } from '../../server/adapters/backup/restore.ts';
import { checkStore } from '../../server/adapters/check/check.ts';
import { openMongoStore } from '../../server/adapters/mongo/open.ts';
import { openSqliteStore } from '../../server/adapters/sqlite/open.ts';
import { readStoreRef, type StoreRef } from '../../server/adapters/transfer/store-ref.ts';
import { newGradeReturn } from '../../server/model/lti.ts';
import type { Store } from '../../server/ports/store.ts';
import { freshDatabase, sharedMongoServer } from '../support/mongo/server.ts';
import { quiet } from '../support/store/news.ts';
import { sampleRun, sampleSubmission, sampleUser } from '../support/store/samples.ts';
import { tempFolder } from '../support/store/temp-folder.ts';

const server = await sharedMongoServer();
const REFS = {
  SQLite: () => readStoreRef(tempFolder()),
  MongoDB: () => readStoreRef(server.url(freshDatabase())),
};
const WRITERS = 4;
const BEFORE = 150;
const place = { url: 'https://lms.example/x', sourcedId: 's', key: 'k' };

const openRef = (ref: StoreRef): Promise<Store> =>
  ref.kind === 'sqlite' ? openSqliteStore(ref.folder) : openMongoStore(ref.url);

/** As a submission is stored: the upload first, then one batch. */
async function submit(store: Store, id: string): Promise<void> {
  const at = new Date().toISOString();
  // One of a few contents: many uploads are slow to write, and say nothing more.
  const content = Buffer.from(`upload ${id.length} ${id.at(-1)}`);
  const blob = await store.blobs.put(content);
  const answers = { code: 'x', file: { filename: 'a', blob, size: content.length } };
  const submission = sampleSubmission(id, { at, answers });
  await store.batch([
    { collection: 'submissions', insert: submission },
    { collection: 'gradeReturns', insert: newGradeReturn(submission, { userId: 'u1', place }, at) },
    { collection: 'runs', insert: sampleRun(`r-${id}`, { submission: id, queuedAt: at }) },
  ]);
}

/** As a full queue has it. */
async function takeBack(store: Store, id: string): Promise<void> {
  await store.runs.remove({ id: `r-${id}` });
  await store.submissions.remove({ id });
  await store.gradeReturns.remove({ submission: id });
}

/** Ids are spread as random ones are: new documents lie between the old ones. */
const spread = (n: number): string => `${((n * 7919) % 100_003).toString(36)}-${n}`;

/** Submits until it is stopped; every third submission is taken back, and people sign in and leave. */
function startWriters(store: Store, first: number) {
  const stopped = new AbortController();
  let next = first;
  const write = async () => {
    while (!stopped.signal.aborted) {
      const n = next++;
      await submit(store, spread(n));
      if (n % 3 === 0) await takeBack(store, spread(n));
      if (n % 5 === 0) {
        const [id, at] = [`u-${spread(n)}`, new Date().toISOString()];
        await store.users.insert(sampleUser(id));
        await store.sessions.insert({ id: `s-${spread(n)}`, userId: id, createdAt: at, expiresAt: at });
        await store.users.remove({ id });
        await store.sessions.remove({ userId: id });
      }
    }
  };
  const all = Promise.all(Array.from({ length: WRITERS }, write));
  return {
    next: () => next,
    async stop() {
      stopped.abort();
      await all;
    },
  };
}

describe.each(['SQLite', 'MongoDB'] as const)('%s', (kind) => {
  test('is backed up whole while others write', async () => {
    const from = REFS[kind]();
    const store = await openRef(from);
    onTestFinished(() => store.close());
    await store.users.insert(sampleUser('u1'));
    const accepted = Array.from({ length: BEFORE }, (_, n) => spread(n));
    await Promise.all(accepted.map((id) => submit(store, id)));
    let next = BEFORE;
    for (let round = 0; round < 2; round++) {
      const writers = startWriters(store, next);
      const file = join(tempFolder(), 'a.tar.gz');
      const about = { allowMissing: false, gradeport: '0', at: new Date() };
      await backupStore(from, file, about, quiet()).finally(writers.stop);
      expect(writers.next()).toBeGreaterThan(next + WRITERS);
      next = writers.next();
      const to = readStoreRef(tempFolder());
      await restoreStore(file, to, { replace: false }, quiet());
      const found = await checkStore(to, { repair: false, now: Date.now() }, quiet());
      expect(found.filter(({ state }) => state !== 'ok')).toEqual([]);
      const restored = await openRef(to);
      const there = new Set((await restored.submissions.pluck(['id'], {})).flat());
      await restored.close();
      expect(accepted.filter((id) => !there.has(id))).toEqual([]);
    }
    const now = await checkStore(from, { repair: false, now: Date.now() }, quiet());
    expect(now.filter(({ state }) => state !== 'ok')).toEqual([]);
  }, 120_000);
});
