/** Checks documents against their schemas, the documents that they name, and uploads against their checksums. */
import type { CollectionName } from '../../model/collections.ts';
import type { Store } from '../../ports/store.ts';
import { bytesText } from '../../text/quantities.ts';
import type { TransferNews } from '../transfer/copy.ts';
import { readBlob } from '../transfer/missing-blobs.ts';
import { createReferences, type Dangling, type References } from '../transfer/references.ts';
import { type Doc, pagesOf, READING_ORDER, sourceOf } from '../transfer/source.ts';
import { type Finding, fault, fine, named } from './finding.ts';

const RESTORE = 'Restore a backup into another store and look for them there: gradeport store restore --help';

export async function checkDocuments(store: Store, news: TransferNews): Promise<Finding[]> {
  const references = createReferences();
  const counts = { documents: 0 };
  const misfits = new Set<string>();
  for (const name of READING_ORDER) {
    for await (const docs of fittingPages(store, name, misfits)) {
      news.stopped.throwIfAborted();
      for (const doc of docs) references.add(name, doc);
      counts.documents += docs.length;
      news.progress(`${name} …`);
    }
  }
  return [
    misfits.size === 0
      ? fine('documents', `All ${counts.documents} fit their schemas.`)
      : fault('documents', `${misfits.size} do not fit their schemas: ${named([...misfits])}.`, RESTORE),
    await danglingFinding(store, references),
    ...(await blobFindings(store, references, news)),
  ];
}

/** Gives pages as a reader gets them; a page with a document that does not fit is read one document at a time. */
async function* fittingPages(
  store: Store,
  name: CollectionName,
  misfits: Set<string>,
): AsyncGenerator<Doc[]> {
  const source = sourceOf(store);
  const page = async (of: CollectionName, after: string | null, limit: number): Promise<Doc[]> => {
    try {
      return await source.page(of, after, limit);
    } catch (error) {
      if (!(error instanceof Error && error.cause instanceof TypeError)) throw error;
      return oneByOne(store, of, { after, limit, misfits });
    }
  };
  yield* pagesOf({ page }, name);
}

/** @returns the documents that fit; where none does it looks further */
async function oneByOne(
  store: Store,
  name: CollectionName,
  { after, limit, misfits }: { after: string | null; limit: number; misfits: Set<string> },
): Promise<Doc[]> {
  const filter = after === null ? {} : { id: { $gt: after } };
  const rows = await store[name].pluck(['id'], filter, { sort: { id: 1 }, limit });
  const fitting: Doc[] = [];
  for (const id of rows.map(([value]) => String(value))) {
    const doc = await store[name].get(id).catch((error: unknown) => {
      if (!(error instanceof TypeError)) throw error;
      misfits.add(`${name}/${id}`);
      return null;
    });
    if (doc) fitting.push(doc);
  }
  const last = rows.at(-1)?.[0];
  if (fitting.length > 0 || typeof last !== 'string') return fitting;
  return oneByOne(store, name, { after: last, limit, misfits });
}

/** Beside a server, documents come and go while they are read: each dangling one is checked once more. */
async function danglingFinding(store: Store, references: References): Promise<Finding> {
  const lasting: string[] = [];
  for (const one of references.dangling())
    if (await isStillDangling(store, one))
      lasting.push(`${one.collection}/${one.id} without ${one.to}/${one.key}`);
  if (lasting.length === 0) return fine('references', 'Every document that another one names is there.');
  const sentence = `${lasting.length} documents lack another: ${named(lasting)}.`;
  return fault('references', sentence, RESTORE);
}

async function isStillDangling(store: Store, { collection, id, to, key }: Dangling): Promise<boolean> {
  if ((await store[collection].get(id)) === null) return false;
  if (collection === 'submissions') return (await store.runs.count({ submission: id })) === 0;
  return (await store[to].get(key)) === null;
}

async function blobFindings(
  { blobs }: Store,
  { blobs: wanted }: References,
  { progress, stopped }: TransferNews,
): Promise<Finding[]> {
  const lost: string[] = [];
  let [read, spare, spareBytes] = [0, 0, 0];
  for (const key of wanted) {
    stopped.throwIfAborted();
    read += 1;
    progress(`uploads: ${read} of ${wanted.size}`);
    if ((await readBlob(blobs, key)) === null) lost.push(key);
  }
  for await (const { key, size } of blobs.list()) {
    if (wanted.has(key)) continue;
    spare += 1;
    spareBytes += size;
  }
  const whole =
    lost.length === 0
      ? fine('uploads', `All ${wanted.size} that submissions name are there and undamaged.`)
      : fault('uploads', `${lost.length} are missing or damaged: ${named(lost)}.`, RESTORE);
  if (spare === 0) return [whole];
  return [
    whole,
    fine('spare uploads', `${spare} (${bytesText(spareBytes)}) are named by no submission; they do no harm.`),
  ];
}
