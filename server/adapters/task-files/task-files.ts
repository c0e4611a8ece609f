/** Bundles in the blob store, and unpacked in a folder of this machine. */
import type { Logger } from 'pino';
import type { Store } from '../../ports/store.ts';
import type { TaskFiles } from '../../ports/task-files.ts';
import { GradeportError } from '../../rules/errors.ts';
import { whenAllEnded } from '../../rules/turns.ts';
import { hashOf } from '../documents/blobs.ts';
import { createBundleFolders } from './bundle-folders.ts';
import { CANNOT_BE_KEPT, createFolderMemory } from './folder-memory.ts';
import { createLocalCopies } from './local-copies.ts';
import { type Packed, packFolder, packPatiently } from './pack.ts';
import { createUses } from './uses.ts';

export type TaskFilesDeps = {
  store: Pick<Store, 'blobs' | 'patient'>;
  /** The folder for copies; each can be made anew from the store. */
  folder: string;
  /** Copies that are not used for this long are removed. */
  unusedMs: number;
  log: Pick<Logger, 'warn'>;
  clock(): number;
};

const NOT_KEPT = { stamp: CANNOT_BE_KEPT, changedAt: 0, entryCount: 0 };

export function createTaskFiles({ store, folder: place, unusedMs, log, clock }: TaskFilesDeps): TaskFiles {
  const closing = new AbortController();
  const copies = createLocalCopies(place);
  const folders = createBundleFolders(copies);
  const memory = createFolderMemory(clock);
  const uses = createUses({ copies, unusedMs, clock });
  const keepTogether = sharing(keep);
  /** Bundles that this process has put into the store. */
  const stored = new Set<string>();
  let removing: Promise<unknown> = Promise.resolve();

  async function keep(from: string): Promise<string | null> {
    const known = await memory.unchanged(from);
    if (known !== undefined) return known;
    const packed = await packOrWarn(from, log);
    const bundle = packed && (await put(packed.bytes));
    const { stamp, changedAt, entryCount } = packed ?? NOT_KEPT;
    memory.remember(from, { bundle, stamp, changedAt, entryCount });
    return bundle;
  }

  /** Writes to the store and to this machine at once: a copy that the store does not know is removed some day. */
  async function put(bytes: Buffer): Promise<string> {
    const bundle = hashOf(bytes);
    uses.note(bundle);
    await removing;
    const copied = folders.open(bundle, async () => bytes);
    await whenAllEnded([copied, stored.has(bundle) || store.blobs.put(bytes)]);
    stored.add(bundle);
    return bundle;
  }

  async function remove(bundle: string, withBlob: boolean): Promise<void> {
    folders.forget(bundle);
    memory.forget(bundle);
    stored.delete(bundle);
    removing = Promise.all([copies.remove(bundle), withBlob && store.blobs.remove(bundle)]);
    await removing;
  }

  return {
    async keep(from) {
      const bundle = await keepTogether(from);
      if (bundle !== null) uses.note(bundle);
      return bundle;
    },
    async folder(bundle, today) {
      uses.note(bundle);
      await removing;
      return folders.open(bundle, () =>
        bytesOf(bundle, today, { blobs: store.patient(closing.signal).blobs, log }),
      );
    },
    async prune(isNamed) {
      let count = 0;
      for await (const copy of copies.list()) {
        const goes = await uses.whatGoes(copy, isNamed);
        if (goes === null) continue;
        await remove(copy.name, goes === 'copy and blob');
        count += 1;
      }
      return count;
    },
    close: () => closing.abort(),
  };
}

/** When two students submit at once, the folder is looked at once. */
function sharing<T>(look: (folder: string) => Promise<T>): (folder: string) => Promise<T> {
  const looking = new Map<string, Promise<T>>();
  return (folder) => {
    const known = looking.get(folder);
    if (known) return known;
    const looked = look(folder).finally(() => looking.delete(folder));
    looking.set(folder, looked);
    return looked;
  };
}

/** null: the folder cannot be kept. */
async function packOrWarn(from: string, log: Pick<Logger, 'warn'>): Promise<Packed | null> {
  try {
    const packed = await packPatiently(from);
    if (packed === null)
      log.warn({ folder: from }, 'too large to be kept: runs are graded with what it holds then');
    return packed;
  } catch (err) {
    if (err instanceof GradeportError) throw err;
    log.warn({ err, folder: from }, 'cannot be kept: runs are graded with what it holds then');
    return null;
  }
}

type BytesDeps = { blobs: Store['blobs']; log: TaskFilesDeps['log'] };

/** @param today the folder of the task, which may still have the files that the store lost */
async function bytesOf(bundle: string, today: string | null, { blobs, log }: BytesDeps): Promise<Buffer> {
  try {
    return await blobs.get(bundle);
  } catch (error) {
    if (!isLost(error)) throw error;
    const again = today === null ? null : await packFolder(today).catch(() => null);
    if (again === null || again === 'changing' || hashOf(again.bytes) !== bundle) throw lost(bundle, error);
    log.warn({ bundle, folder: today }, 'the store had lost the files of a task: kept anew');
    // A damaged blob of the right length would stay.
    await blobs.remove(bundle);
    await blobs.put(again.bytes);
    return again.bytes;
  }
}

const LOST = new Set(['not-found', 'internal']);
const isLost = (error: unknown): boolean => error instanceof GradeportError && LOST.has(error.code);

const lost = (bundle: string, cause: unknown): GradeportError =>
  new GradeportError(
    'not-found',
    `The files of this task, as they were at this submission, are lost or damaged (${bundle.slice(0, 12)}…): submit again. Operators find out more with "gradeport store check".`,
    { cause },
  );
