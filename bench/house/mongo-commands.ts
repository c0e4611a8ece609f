/** What a MongoDB store asks its server: counted and timed by the driver's own command monitoring. */
import mongoose from 'mongoose';

/** Looks of the store's own, which come by the clock and not by what people do. */
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

/** @param database of a store that was opened with a watchable URL */
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
    /** Since the last call, or the beginning. */
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
