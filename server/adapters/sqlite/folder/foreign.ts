/**
 * Notices what other processes write, such as a command beside the server. SQLite counts their commits for this
 * connection (data_version); asking is a look into shared memory, a few microseconds.
 */
import type { Database } from '../database.ts';

/** Commands promise that their changes count within a second. */
const LOOK_MS = 400;

export function watchForeignChanges(database: Database) {
  const listeners = new Set<() => void>();
  const version = (): number => Number(database.prepare('PRAGMA data_version').get()?.['data_version']);
  let timer: NodeJS.Timeout | null = null;
  let seen = 0;

  function look(): void {
    const now = version();
    if (now === seen) return;
    seen = now;
    for (const listener of listeners) listener();
  }

  function stop(): void {
    if (timer) clearInterval(timer);
    timer = null;
  }

  return {
    listen(listener: () => void): () => void {
      if (timer === null) {
        seen = version();
        timer = setInterval(look, LOOK_MS).unref();
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
    close: stop,
  };
}
