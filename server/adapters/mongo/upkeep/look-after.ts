/** What a server does for its database: locks it, brings it up to date, and finishes what others left unfinished. */
import type { Schema } from '../../migrations/migrations.ts';
import { probe } from '../connection/probe.ts';
import { lockDatabase } from '../connection/server-lock.ts';
import { tidyUploads } from '../grid-blobs.ts';
import type { OpenPlace } from '../open-place.ts';
import type { Unfinished } from '../unfinished.ts';
import { createIndexes } from './indexes.ts';
import { migrateMongo } from './migrate.ts';

/** Two sweeps fit into the 5 s within which an unfinished batch is finished. */
const SWEEP_MS = 2000;
const DAY_MS = 24 * 3_600_000;

type Keeping = { schema: Schema; backups: string | null; clock: () => number };

export async function lookAfter(
  { place, meta, foreign, processId, collection, lostWhen }: OpenPlace,
  unfinished: Unfinished,
  { schema, backups, clock }: Keeping,
): Promise<AsyncDisposable> {
  await using undo = new AsyncDisposableStack();
  const { persist, shown } = place;
  await probe(meta, place);
  const lock = await lockDatabase({ meta, persist, processId, shown, clock });
  undo.defer(() => lock.release());
  lostWhen(lock.isLost);
  // Batches are finished first: their steps hold documents of the schema that they began with.
  await unfinished.sweep();
  await migrateMongo({ place, meta, schema, backups, clock });
  await createIndexes({ persist, shown, collection });
  const aDayAgo = new Date(clock() - DAY_MS);
  await foreign.tidy(aDayAgo);
  // It reads an index of all uploads, so the start does not wait for it.
  void place.track(tidyUploads(place, aDayAgo)).catch(() => {});
  const sweeping = setInterval(() => void place.track(unfinished.sweep()).catch(() => {}), SWEEP_MS).unref();
  undo.defer(() => clearInterval(sweeping));
  return undo.move();
}
