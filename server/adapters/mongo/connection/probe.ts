/**
 * Checks at each start of a server that this database keeps the guarantees that the store is built on: some servers
 * speak MongoDB's protocol and report success for a write that another client had already made.
 */
import { GradeportError } from '../../../rules/errors.ts';
import type { Meta } from '../meta.ts';
import { newToken, type Place } from '../place.ts';
import { isDuplicate } from './errors.ts';

const PARALLEL = 20;
/** A server that does not order writes may pass one round by luck. */
const ROUNDS = 3;
const READS = 5;
const KEY_INDEX = { name: 'gradeport_probe', key: { probe: 1 }, unique: true, sparse: true } as const;

/** @throws GradeportError "conflict" that names what failed */
export async function probe(meta: Meta, { persist, shown }: Pick<Place, 'persist' | 'shown'>): Promise<void> {
  const id = `probe:${newToken()}`;
  await persist(() => meta.createIndexes([KEY_INDEX]));
  try {
    const fault = await persist(async () => {
      // Opens as many connections: writes over a single one are never parallel.
      await many(() => meta.findOne({ _id: id }));
      for (let round = 0; round < ROUNDS; round++) {
        await meta.deleteMany({ _id: { $gte: id, $lte: `${id}~` } });
        const found = await findFault(meta, id);
        if (found !== null) return found;
      }
      return null;
    });
    if (fault !== null) throw unfit(shown, fault);
  } finally {
    await meta.deleteMany({ _id: { $gte: id, $lte: `${id}~` } }).catch(() => {});
  }
}

const many = <T>(work: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: PARALLEL }, (_, at) => work(at)));

/** Looks for the most harmful fault first; null: there is none. */
async function findFault(meta: Meta, id: string): Promise<string | null> {
  await meta.insertOne({ _id: id, state: 'free', n: 0 });
  const claims = await many((by) =>
    meta.findOneAndUpdate({ _id: id, state: 'free' }, { $set: { state: 'taken', by } }),
  );
  const won = claims.filter((claim) => claim !== null).length;
  if (won !== 1) return `of ${PARALLEL} parallel changes with one condition ${won} succeeded instead of 1`;
  await many(() => meta.updateOne({ _id: id }, { $inc: { n: 1 } }));
  const counted = (await meta.findOne({ _id: id }))?.['n'];
  if (counted !== PARALLEL) return `${PARALLEL} parallel increments counted ${String(counted)}`;
  const kept = await many((at) => insertKey(meta, `${id}:${at}`, id));
  const keys = kept.filter(Boolean).length;
  if (keys !== 1) return `a unique index took the same key ${keys} times`;
  for (let at = 0; at < READS; at++) {
    await meta.updateOne({ _id: id }, { $set: { n: at } });
    if ((await meta.findOne({ _id: id }))?.['n'] !== at) return 'a read did not see the write before it';
  }
  return null;
}

async function insertKey(meta: Meta, id: string, key: string): Promise<boolean> {
  try {
    await meta.insertOne({ _id: id, probe: key });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

const unfit = (shown: string, fault: string) =>
  new GradeportError(
    'conflict',
    `The server of ${shown} cannot keep Gradeport's data: ${fault}. Use MongoDB 5.0 or later.`,
  );
