/** Restores a backup. All of it is read and checked before the store is touched; old documents are removed last. */

import type { CollectionName, Run, Submission } from '../../model/collections.ts';
import type { GradeReturn } from '../../model/lti.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { TransferNews } from '../transfer/copy.ts';
import { openIntake } from '../transfer/intake/open-intake.ts';
import { createLanes } from '../transfer/lanes.ts';
import { type Counts, createLoader } from '../transfer/load.ts';
import type { Dangling } from '../transfer/references.ts';
import type { Doc } from '../transfer/source.ts';
import type { StoreRef } from '../transfer/store-ref.ts';
import type { Checks, Manifest } from './format.ts';
import { type Archive, readArchive } from './read.ts';

export type Restored = {
  collections: Counts;
  blobs: Checks['blobs'];
  missing: string[];
  manifest: Manifest;
  /** Documents that came while the backup was written and are half in it, such as a submission without its run. */
  leftOut: number;
};

/** How far the clock of a server may differ from that of the machine that made the backup. */
const APART_MS = 10 * 60_000;

export async function restoreStore(
  file: string,
  to: StoreRef,
  { replace }: { replace: boolean },
  news: TransferNews,
): Promise<Restored> {
  news.progress('Checking the backup …');
  const late = createLate();
  const archive = await readArchive(file, { documents: late.note, blob: async () => {} }, news.stopped);
  const leaveOut = late.leftOut(archive);
  const by = `store restore ${file}`;
  const intake = await openIntake(to, { by, replace });
  try {
    const loader = createLoader(intake, to.shown);
    const documents = async (name: CollectionName, docs: Doc[]) => {
      news.progress(`${name} …`);
      const kept = docs.filter(({ id }) => !leaveOut.has(`${name}/${id}`));
      if (kept.length > 0) await loader.add(name, kept);
    };
    const lanes = createLanes();
    const blob = async (content: Buffer) => {
      news.progress('uploads …');
      await lanes.add(content.length, () => intake.blobs.put(content));
    };
    const again = await readArchive(file, { documents, blob }, news.stopped).finally(lanes.settled);
    await lanes.empty();
    if (JSON.stringify(again.checks) !== JSON.stringify(archive.checks))
      throw new GradeportError(
        'conflict',
        `${file} changed while it was read: nothing was replaced. Try again.`,
      );
    news.progress('Comparing …');
    const collections = await loader.compare();
    news.stopped.throwIfAborted();
    await intake.swap();
    const { blobs, missing } = archive.checks;
    return { collections, blobs, missing, manifest: archive.manifest, leftOut: leaveOut.size };
  } finally {
    await intake.close();
  }
}

/** Finds documents that came while a backup was written, by "collection/id". */
function createLate() {
  const times = new Map<string, number>();
  const owed = new Map<string, string>();

  /**
   * A snapshot needs this, too: a server takes a submission back in several steps. Older documents stay, whatever they
   * lack: they lacked it before the backup, and "store check" names them.
   */
  function leftOut({ manifest, dangling }: Archive): Set<string> {
    const since = Date.parse(manifest.createdAt) - APART_MS;
    const isLate = (key: string) => (times.get(key) ?? Number.NEGATIVE_INFINITY) > since;
    const keys = dangling.filter(({ collection }) => WORTHLESS.has(collection)).map(keyOf);
    const left = new Set([...keys, ...dangling.map(keyOf).filter(isLate)]);
    for (const [id, submission] of owed)
      if (left.has(`submissions/${submission}`)) left.add(`gradeReturns/${id}`);
    return left;
  }

  return {
    leftOut,
    async note(name: CollectionName, docs: Doc[]): Promise<void> {
      for (const doc of docs) {
        if (name === 'runs') times.set(`${name}/${doc.id}`, Date.parse((doc as Run).queuedAt));
        if (name === 'submissions') times.set(`${name}/${doc.id}`, Date.parse((doc as Submission).at));
        if (name === 'gradeReturns') owed.set(doc.id, (doc as GradeReturn).submission);
      }
    },
  };
}

const keyOf = ({ collection, id }: Dangling): string => `${collection}/${id}`;
/** Collections whose documents are worthless without the user or the submission that they name. */
const WORTHLESS = new Set<CollectionName>(['sessions', 'ltiLaunches', 'gradeReturns']);
