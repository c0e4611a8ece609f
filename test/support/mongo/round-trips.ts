/** A MongoDB store whose ways to the server are counted, by the driver's command monitoring. */
import mongoose, { type Connection } from 'mongoose';
import { vi } from 'vitest';
import { openMongoStore } from '../../../server/adapters/mongo/open.ts';
import type { Store } from '../../../server/ports/store.ts';

export type RoundTrips = {
  /** "find runs", in the order in which they were sent. */
  commands: string[];
  /** The longest row of them in which each was sent after the one before was answered. */
  chain: string[];
};
export type CountedStore = {
  store: Store;
  /** Those that this work causes, also after it has resolved, until nothing is on its way. */
  during(work: () => Promise<unknown>): Promise<RoundTrips>;
};

type Sent = { id: number; name: string; begin: number; end: number };
type Started = { requestId: number; commandName: string; command: Readonly<Record<string, unknown>> };

/**
 * Not counted, because no submission waits for them and they come by the clock: the lock's beat, notes for other processes and
 * looks at theirs, which are all in "gradeport"; and keeping the connection. Uploads are counted apart.
 */
const APART = ['gradeport', 'blobs.files', 'blobs.chunks'];
const CONNECTION = ['hello', 'ping', 'endSessions'];

export async function openCountedStore(url: string, clock = Date.now): Promise<CountedStore> {
  const connection = Promise.withResolvers<Connection>();
  const create = mongoose.createConnection.bind(mongoose);
  const spy = vi.spyOn(mongoose, 'createConnection').mockImplementation(((
    given: string,
    options: mongoose.ConnectOptions,
  ) => {
    const made = create(given, { ...options, monitorCommands: true });
    connection.resolve(made);
    return made;
  }) as typeof mongoose.createConnection);
  // The sweep for unfinished batches reads what readers read, too: its clock stands still.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  try {
    const store = await openMongoStore(url, { clock });
    return { store, during: watch(await connection.promise) };
  } finally {
    vi.useRealTimers();
    spy.mockRestore();
  }
}

function watch(connection: Connection): CountedStore['during'] {
  const client = connection.getClient();
  let [sent, now]: [Sent[], number] = [[], 0];
  const open = new Map<number, Sent>();
  let quiet = Promise.withResolvers<void>();
  client.on('commandStarted', ({ requestId, commandName, command }: Started) => {
    const collection = String(command[commandName] ?? command['collection']);
    if (CONNECTION.includes(commandName) || APART.includes(collection)) return;
    now += 1;
    const one = {
      id: requestId,
      name: `${commandName} ${collection}`,
      begin: now,
      end: Number.POSITIVE_INFINITY,
    };
    sent.push(one);
    open.set(requestId, one);
  });
  const ended = ({ requestId }: { requestId: number }) => {
    const one = open.get(requestId);
    if (!one) return;
    open.delete(requestId);
    now += 1;
    one.end = now;
    if (open.size === 0) quiet.resolve();
  };
  client.on('commandSucceeded', ended);
  client.on('commandFailed', ended);
  return async (work) => {
    sent = [];
    await work();
    while (open.size > 0) {
      quiet = Promise.withResolvers();
      await quiet.promise;
    }
    return { commands: sent.map(({ name }) => name), chain: longestChain(sent) };
  };
}

/** Of those that do not overlap, the most: each time the one that ends first. */
function longestChain(sent: readonly Sent[]): string[] {
  const chain: Sent[] = [];
  for (const one of sent.toSorted((a, b) => a.end - b.end))
    if (one.begin > (chain.at(-1)?.end ?? 0)) chain.push(one);
  return chain.map(({ name }) => name);
}
