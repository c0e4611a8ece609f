/** A store with something in every collection, and with names and texts that stores write differently. */
import { collectionNames, type Documents } from '../../../server/model/collections.ts';
import type { Store } from '../../../server/ports/store.ts';
import { sampleOutcome, sampleRun, sampleSubmission, sampleUser } from './samples.ts';

const AT = '2026-11-20T10:00:00.000Z';
/** Keys and texts of people and graders: dots, dollars, NUL, no name at all, names of JavaScript's own. */
const HOSTILE = {
  'a.b.$c': { $set: 1, '': [null, { 'x\u0000y': 'nul\u0000' }], '%2E': '%2E', '%': 0.1 },
  constructor: { prototype: [[]] },
  '10': 'ten',
  '9': 'nine',
  'ÿ\u{1F600}\uE000': '\u{1F600}',
};

export type FilledBlobs = { small: string; empty: string; large: string };

/** Every reference in it leads somewhere. */
export async function fillStore(store: Store): Promise<FilledBlobs> {
  const small = await store.blobs.put(Buffer.from([0, 255, 10]));
  const empty = await store.blobs.put(Buffer.alloc(0));
  const large = await store.blobs.put(Buffer.alloc(2 ** 20 + 1, 'large'));
  const file = (blob: string, size: number) => ({ filename: 'a b.$ü', blob, size });
  const place = { url: 'https://lms.example/x', sourcedId: 's$.\u0000', key: 'k' };
  await store.users.insert(sampleUser('u1', { roles: { 'c.1$': 'teacher' }, left: { 'c.2': AT } }));
  await store.users.insert(sampleUser('u2', { email: 'u2@example.org' }));
  await store.sessions.insert({ id: 'e'.repeat(64), userId: 'u1', createdAt: AT, expiresAt: AT });
  await store.submissions.insert(
    sampleSubmission('s1', { answers: { 'q.$1': 'nul\u0000', list: ['0', '2'], file: file(small, 3) } }),
  );
  await store.submissions.insert(
    sampleSubmission('s2', { answers: { none: file(empty, 0), big: file(large, 2 ** 20 + 1) } }),
  );
  const done = { state: 'done', startedAt: AT, doneAt: AT, outcome: sampleOutcome(HOSTILE) } as const;
  await store.runs.insert(sampleRun('r1', { submission: 's1', ...done }));
  await store.runs.insert(sampleRun('r2', { submission: 's2' }));
  await store.groups.insert({
    id: 'g1',
    course: 'c1',
    name: 'A.$',
    size: 2,
    members: ['u1'],
    createdAt: AT,
  });
  await store.teammates.insert({ id: 't1/u1', team: 't1', group: 'g1', userId: 'u1' });
  await store.settings.insert({ id: 'c1/u1', course: 'c1', userId: 'u1', values: { 'x.$': 1, y: true } });
  await store.revisions.insert({
    id: 'c@sha256:a',
    name: 'c',
    digest: 'sha256:a',
    image: 'c:1',
    at: AT,
    by: null,
    from: 'found',
    promotedAt: AT,
    promotedBy: null,
    why: '',
    stage: 'staged',
    setAside: false,
    test: null,
    engines: { 'ABCD:EFGH': { presence: 'named', image: 'c:1' } },
  });
  await store.currents.insert({ id: 'c', digest: 'sha256:a', serial: 1 });
  await store.pins.insert({
    id: 'c1/t1',
    course: 'c1',
    task: 't1',
    name: 'c',
    digest: 'sha256:a',
    by: null,
    at: AT,
  });
  await store.ltiNonces.insert({ id: 'n\u0000.$', expiresAt: AT });
  await store.ltiLaunches.insert({ id: 'c1/t1/u1', userId: 'u1', at: AT, fields: HOSTILE_FIELDS, place });
  await store.gradeReturns.insert({
    id: 's1/u1',
    submission: 's1',
    course: 'c1',
    task: 't1',
    userId: 'u1',
    place,
    state: 'waiting',
    serial: 1,
    tries: 0,
    nextAt: AT,
    grade: null,
    sentAt: null,
    error: null,
  });
  return { small, empty, large };
}

const HOSTILE_FIELDS = { 'custom.$a': ['x', '\u0000'], __proto: 'p' };

/** Everything that can be read through the port. */
export async function contentsOf(store: Store) {
  const documents: Partial<Record<keyof Documents, unknown>> = {};
  for (const name of collectionNames) documents[name] = await store[name].find({}, { sort: { id: 1 } });
  const blobs: Record<string, string> = {};
  for await (const { key } of store.blobs.list())
    blobs[key] = (await store.blobs.get(key)).toString('latin1');
  return { documents, blobs };
}
