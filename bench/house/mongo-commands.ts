/** The commands of a MongoDB store: counted and timed by the driver's command monitoring. */
import mongoose from 'mongoose';

/** The store's periodic commands, which run by the clock and not because of requests. */
const OWN = new Set(['hello', 'ping', 'ismaster', 'isMaster', 'endSessions']);
const OWN_COLLECTION = 'gradeport';

export type Commands = {
  count: number;
  /** ms in which the store waited for at least one answer. */
  waitedMs: number;
};

/** The URL under which a store's commands can be watched. */
export const watchable = (url: string): string =>
  `${url}${url.includes('?') ? '&' : '?'}monitorCommands=true`;

/** @param database the database of a store that was opened with a watchable URL */
export function watchCommands(database: string) {
  const connection = mongoose.connections.find(({ name }) => name === database);
  if (!connection) throw new Error(`No connection to the database ${database} is open.`);
  const client = connection.getClient();
  let spans: { from: number; to: number }[] = [];
  const begun = new Map<number, number>();
  client.on('commandStarted', ({ requestId, commandName, command }) => {
    if (OWN.has(commandName) || command[commandName] === OWN_COLLECTION) return;
    begun.set(requestId, performance.now());
  });
  const ended = ({ requestId }: { requestId: number }): void => {
    const from = begun.get(requestId);
    begun.delete(requestId);
    if (from !== undefined) spans.push({ from, to: performance.now() });
  };
  client.on('commandSucceeded', ended);
  client.on('commandFailed', ended);
  return {
    /** The counts since the last call, or since the start. */
    take(): Commands {
      const taken = spans;
      spans = [];
      return { count: taken.length, waitedMs: covered(taken) };
    },
  };
}

/** Spans that overlap count once. */
function covered(spans: readonly { from: number; to: number }[]): number {
  let sum = 0;
  let end = 0;
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}
