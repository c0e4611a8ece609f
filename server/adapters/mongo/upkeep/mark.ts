/** The mark of a database into which documents are being imported: one document of the book-keeping. */
import { halfDone, type Mark, markSchema } from '../../documents/mark.ts';
import type { Persist } from '../connection/persist.ts';
import type { Meta } from '../meta.ts';

/** Begins the names of collections whose import has not ended. */
export const INCOMING = 'incoming_';
const ID = 'incoming';

/** null: no import is under way. */
export async function readMongoMark(meta: Meta, persist: Persist): Promise<Mark | null> {
  const found = await persist(() => meta.findOne({ _id: ID }));
  return found ? markSchema.parse(found) : null;
}

export async function refuseHalfDone(meta: Meta, persist: Persist, shown: string): Promise<void> {
  const mark = await readMongoMark(meta, persist);
  if (mark) throw halfDone(shown, mark);
}

export async function writeMongoMark(meta: Meta, persist: Persist, mark: Mark): Promise<void> {
  await persist(() => meta.updateOne({ _id: ID }, { $set: mark }, { upsert: true }));
}

export async function clearMongoMark(meta: Meta, persist: Persist): Promise<void> {
  await persist(() => meta.deleteOne({ _id: ID }));
}
