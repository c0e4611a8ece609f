/** Stops a store in the middle of a batch, and looks at what it has written without the store's own readers. */
import { mongo } from 'mongoose';
import type { MongoServer } from './mongo-server.ts';
import type { MongoProxy } from './proxy.ts';

const WRITES = ['insert', 'update', 'findAndModify', 'delete'];

/** Writes of documents; the store's own book-keeping, which comes by the clock, is none. */
function isWrite(body: Readonly<Record<string, unknown>>): boolean {
  const [command = ''] = Object.keys(body);
  return WRITES.includes(command) && body[command] !== 'gradeport';
}

/**
 * Holds the nth write from now on, and all that follow, before the server gets it or after it did it. `stopped`
 * resolves once that write is held.
 */
export function stopAt(
  proxy: MongoProxy,
  nth: number,
  moment: 'before' | 'after',
): { stopped: Promise<void>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  const when = (body: Readonly<Record<string, unknown>>): boolean => isWrite(body) && ++seen >= nth;
  const forget =
    moment === 'before'
      ? proxy.rule({ when, do: 'delay', after: 'request', ms: 3_600_000, onDone: resolve })
      : proxy.rule({ when, do: 'swallow', onDone: resolve });
  return { stopped: promise, forget };
}

/** Of a batch of batches.ts: whether its first document carries steps, and how many of the later ones were done. */
export async function writesOf(
  server: MongoServer,
  database: string,
): Promise<{ carries: boolean; written: number }> {
  await using client = await mongo.MongoClient.connect(server.url(database));
  const count = (name: string, filter: object) => client.db().collection(name).countDocuments(filter);
  const carrying = await Promise.all(
    ['submissions', 'currents'].map((name) => count(name, { _batch: { $exists: true } })),
  );
  const later = [count('gradeReturns', {}), count('runs', {}), count('pins', {})];
  const changed = count('revisions', { why: 'better' });
  const written = (await Promise.all([...later, changed])).reduce((sum, n) => sum + n, 0);
  return { carries: carrying.some((n) => n > 0), written };
}
