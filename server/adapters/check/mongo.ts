/** What only MongoDB has: its version, its indexes, and pieces of uploads that were never finished. */
import { mongo } from 'mongoose';
import { type Peek, peek } from '../mongo/connection/peek.ts';
import { examineMongo, type MongoState } from '../mongo/upkeep/examine.ts';
import { createIndexes } from '../mongo/upkeep/indexes.ts';
import { type Finding, fine, warning } from './finding.ts';
import { halfDoneFinding, indexFinding, schemaFinding } from './findings.ts';

const DAY_MS = 24 * 3_600_000;

/** @returns whether documents can be checked, too */
export async function checkMongo(
  url: string,
  { repair, now }: { repair: boolean; now: number },
): Promise<{ findings: Finding[]; isReadable: boolean }> {
  const state = await examineMongo(url);
  if (state.schema === null) throw new TypeError('There is no store.');
  const findings = [
    fine('database', `${state.shown} answers: MongoDB ${state.version}.`),
    ...stateFindings(state),
  ];
  const isReadable = findings.every(({ state }) => state !== 'fail');
  if (!isReadable) return { findings, isReadable };
  const pieces = await peek(url, async (at) => {
    if (repair)
      await createIndexes({ ...at, shown: state.shown, collection: (name) => at.db.collection(name) });
    return pieceFinding(at, { repair, now });
  });
  findings.push(indexFinding(state.missingIndexes, repair), pieces);
  return { findings, isReadable };
}

const stateFindings = ({ shown, mark, schema }: MongoState): Finding[] => [
  ...(mark ? [halfDoneFinding(shown, mark)] : []),
  schemaFinding(schema ?? 0),
];

/** A file's entry is written after its pieces: an upload that is under way does not have one yet. */
async function pieceFinding(
  { db, persist }: Peek,
  { repair, now }: { repair: boolean; now: number },
): Promise<Finding> {
  const chunks = db.collection('blobs.chunks');
  const groups = [{ $group: { _id: '$files_id' } }];
  const owners = await persist(() => chunks.aggregate<{ _id: unknown }>(groups).toArray());
  const entries = await persist(() =>
    db
      .collection('blobs.files')
      .find({}, { projection: { _id: 1 } })
      .toArray(),
  );
  const known = new Set(entries.map(({ _id }) => String(_id)));
  const old = owners.flatMap(({ _id }) =>
    _id instanceof mongo.ObjectId && !known.has(String(_id)) && now - _id.getTimestamp().getTime() > DAY_MS
      ? [_id]
      : [],
  );
  if (old.length === 0) return fine('unfinished uploads', 'None is older than a day.');
  if (repair) {
    await persist(() => chunks.deleteMany({ files_id: { $in: old } }));
    return fine('unfinished uploads', `The pieces of ${old.length} older than a day were removed.`);
  }
  const sentence = `Pieces of ${old.length} are older than a day.`;
  return warning('unfinished uploads', sentence, 'gradeport store check --repair removes them.');
}
