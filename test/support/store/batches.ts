/** Batches for tests that cut them off, and what is there once one is complete. */

import { type GradeReturn, newGradeReturn } from '../../../server/model/lti.ts';
import type { Current } from '../../../server/model/revision.ts';
import type { Steps, Store } from '../../../server/ports/store.ts';
import { sampleRevision, sampleRun, sampleSubmission } from './samples.ts';

const AT = '2026-11-20T10:00:00.000Z';
const place = { url: 'https://lms', sourcedId: 'x', key: 'k' };

export const gradeReturn = (id: string): GradeReturn =>
  newGradeReturn({ id, course: 'c1', task: 't1' }, { userId: 'u1', place }, AT);

const currentOf = (id: string): Current => ({ id, digest: 'd1', serial: 1 });

/** As a submission is stored: what workers look for is last. */
export const submission = (id: string): Steps => [
  { collection: 'submissions', insert: sampleSubmission(id) },
  { collection: 'gradeReturns', insert: gradeReturn(id) },
  { collection: 'runs', insert: sampleRun(`run-${id}`, { submission: id }) },
];

/** As a revision becomes current; what it changes is there before. */
export const promotion = (id: string): Steps => [
  {
    collection: 'currents',
    id,
    where: { serial: 1 },
    change: { $set: { digest: 'd2' }, $inc: { serial: 1 } },
  },
  { collection: 'revisions', id, change: { $set: { why: 'better' } } },
  {
    collection: 'pins',
    insert: { id, course: 'c', task: 't', name: id, digest: 'd2', by: null, at: AT },
  },
];
export async function beforePromotion(store: Store, id: string): Promise<void> {
  await store.currents.insert(currentOf(id));
  await store.revisions.insert(sampleRevision('d2', { id }));
}

/** In the order in which a batch writes them: whether each is there. */
export async function stateOf(store: Store, verb: Verb, id: string): Promise<boolean[]> {
  // The last first: what is written between two looks must not look like a gap.
  if (verb === 'submit') {
    const run = await store.runs.get(`run-${id}`);
    const owed = await store.gradeReturns.get(`${id}/u1`);
    return [(await store.submissions.get(id)) !== null, owed !== null, run !== null];
  }
  const pin = await store.pins.get(id);
  const revision = await store.revisions.get(id);
  return [(await store.currents.get(id))?.serial === 2, revision?.why === 'better', pin !== null];
}
export type Verb = 'submit' | 'promote';
