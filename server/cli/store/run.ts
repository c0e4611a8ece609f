/** The work of the commands on the store. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { backupStore } from '../../adapters/backup/backup.ts';
import { restoreStore } from '../../adapters/backup/restore.ts';
import { checkStore } from '../../adapters/check/check.ts';
import { type BlobCount, copyStore, type TransferNews } from '../../adapters/transfer/copy.ts';
import { abandonIntake } from '../../adapters/transfer/intake/open-intake.ts';
import { returnToDump } from '../../adapters/transfer/migration/before-migration.ts';
import { configuredStore, readStoreRef, type StoreRef } from '../../adapters/transfer/store-ref.ts';
import { loadConfig } from '../../config/config.ts';
import { bytesText } from '../../text/quantities.ts';
import { linesOf } from '../ui/check-lines.ts';
import { INTERRUPTED } from '../ui/exit-codes.ts';
import { untilInterrupted } from '../ui/interrupted.ts';
import { ownVersion } from '../ui/own-version.ts';
import { createProgress, data, json, table, talk } from '../ui/terminal.ts';

export type PlaceOptions = { data?: string; config?: string; json?: boolean };
export type CopyOptions = PlaceOptions & { replace?: boolean; allowMissing?: boolean };
export type BackupOptions = PlaceOptions & { allowMissing?: boolean };
export type RestoreOptions = PlaceOptions & { replace?: boolean };
export type CheckOptions = PlaceOptions & { repair?: boolean };
type Counts = Readonly<Record<string, { documents: number; checksum: string }>>;

const configured = ({ data: folder, config }: PlaceOptions): StoreRef =>
  configuredStore(loadConfig({ data: folder }, config ?? process.env['GRADEPORT_CONFIG']));

const refOf = (text: string, options: PlaceOptions): StoreRef =>
  text === 'configured' ? configured(options) : readStoreRef(text);

export async function copy(fromText: string, toText: string, options: CopyOptions): Promise<void> {
  const [from, to] = [refOf(fromText, options), refOf(toText, options)];
  const request = { replace: options.replace === true, allowMissing: options.allowMissing === true };
  const copied = await withNews('Run it again to go on, or give it up: gradeport store abandon', (news) =>
    copyStore(from, to, request, news),
  );
  const { collections, blobs, missing } = copied;
  if (options.json) return json({ from: from.shown, to: to.shown, collections, blobs, missing });
  data(countTable(collections, blobs));
  sayMissing(missing);
  talk(`${from.shown} and ${to.shown} hold the same. The first one is as it was.`);
  talk(
    to.kind === 'mongodb'
      ? 'Next: set "store" in the configuration (or GRADEPORT_STORE) to the new address, then start the server.'
      : `Next: take "store" out of the configuration, then start the server with --data ${to.folder}`,
  );
}

export async function backup(file: string, options: BackupOptions): Promise<void> {
  const from = configured(options);
  const request = { allowMissing: options.allowMissing === true, gradeport: ownVersion(), at: new Date() };
  const backedUp = await withNews('Nothing is left of it.', (news) =>
    backupStore(from, resolve(file), request, news),
  );
  const { collections, blobs, missing, bytes } = backedUp;
  if (options.json) return json({ from: from.shown, ...backedUp });
  data(backedUp.file);
  sayMissing(missing);
  const documents = Object.values(collections).reduce((sum, { documents: count }) => sum + count, 0);
  talk(
    `${documents} documents and ${blobs.files} uploads of ${from.shown}, ${bytesText(bytes)}, read back and whole.`,
  );
}

export async function restore(file: string, options: RestoreOptions): Promise<void> {
  const to = configured(options);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) return goBack(resolve(file), to, options);
  const restored = await withNews('Run it again to go on, or give it up: gradeport store abandon', (news) =>
    restoreStore(resolve(file), to, { replace: options.replace === true }, news),
  );
  const { collections, blobs, missing, manifest, leftOut } = restored;
  if (options.json) return json({ to: to.shown, ...restored });
  data(countTable(collections, blobs));
  sayMissing(missing);
  if (leftOut > 0)
    talk(
      `${leftOut} documents that came in while the backup was written, and are half in it, were left out.`,
    );
  talk(`${to.shown} is as it was at ${manifest.createdAt}. Start the server.`);
}

/** From the folder that a migration of a MongoDB database made. */
async function goBack(folder: string, to: StoreRef, options: RestoreOptions): Promise<void> {
  const returned = await withNews('Run it again to go on.', ({ progress }) =>
    returnToDump(folder, to, { replace: options.replace === true, progress }),
  );
  if (options.json) return json({ to: to.shown, ...returned });
  talk(
    `${returned.documents} documents of schema ${returned.version} are back in ${to.shown}. Start the server.`,
  );
}

export async function check(place: string, options: CheckOptions): Promise<void> {
  const ref = refOf(place, options);
  const request = { repair: options.repair === true, now: Date.now() };
  const findings = await withNews('', (news) => checkStore(ref, request, news));
  if (options.json) json(findings);
  else for (const finding of findings) data(linesOf(finding));
  if (findings.some(({ state }) => state !== 'ok')) process.exitCode = 1;
}

export async function abandon(place: string, options: PlaceOptions): Promise<void> {
  const ref = refOf(place, options);
  const given = await abandonIntake(ref);
  if (options.json) return json({ store: ref.shown, ...(given ?? { by: null, ended: false }) });
  if (given === null) return talk(`There is nothing half done in ${ref.shown}.`);
  talk(
    given.ended
      ? `"gradeport ${given.by}" had everything there, and is ended now.`
      : `"gradeport ${given.by}" is given up. ${ref.shown} is as it was before.`,
  );
}

/** @param left the state after Ctrl-C, as a sentence for the user */
async function withNews<T>(left: string, work: (news: TransferNews) => Promise<T>): Promise<T> {
  using interrupted = untilInterrupted();
  const progress = createProgress();
  try {
    return await work({ progress: progress.line, stopped: interrupted.signal });
  } catch (error) {
    progress.end();
    if (!interrupted.signal.aborted) throw error;
    talk(`Stopped. ${left}`.trimEnd());
    process.exit(INTERRUPTED);
  } finally {
    progress.end();
  }
}

function countTable(collections: Counts, blobs: BlobCount): string {
  const rows = Object.entries(collections)
    .filter(([, { documents }]) => documents > 0)
    .map(([name, { documents, checksum }]) => [name, String(documents), checksum.slice(0, 16)]);
  return table(
    ['COLLECTION', 'DOCUMENTS', 'CHECKSUM'],
    [...rows, ['uploads', String(blobs.files), bytesText(blobs.bytes)]],
  );
}

function sayMissing(missing: readonly string[]): void {
  if (missing.length > 0)
    talk(`Without ${missing.length} uploads that were lost before: ${missing.join(', ')}`);
}
