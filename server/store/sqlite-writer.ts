/**
 * Everything that writes goes through here. Writes that were asked for in the same turn of the event loop
 * share one transaction, so that a whole class that submits at once costs one wait for the disk; each has
 * its own savepoint, so that one's failure is not another's. A promise resolves once its write is on disk.
 */
import type { DatabaseSync } from 'node:sqlite';

type Settle = () => void;
type Job = { attempt: () => Settle; fail: (error: unknown) => void };
export type Writer = {
  write<T>(work: () => T): Promise<T>;
  /** Writes what waits. */
  flush(): void;
};

export function createWriter(connection: DatabaseSync, explain: (error: unknown) => unknown): Writer {
  let waiting: Job[] = [];

  function flush(): void {
    const jobs = waiting;
    waiting = [];
    if (jobs.length === 0) return;
    try {
      connection.exec('BEGIN IMMEDIATE');
      const settles = jobs.map(inSavepoint);
      connection.exec('COMMIT');
      for (const settle of settles) settle();
    } catch (error) {
      for (const job of jobs) job.fail(explain(error));
      if (connection.isOpen && connection.isTransaction) connection.exec('ROLLBACK');
    }
  }

  function inSavepoint(job: Job): Settle {
    connection.exec('SAVEPOINT job');
    try {
      const settle = job.attempt();
      connection.exec('RELEASE job');
      return settle;
    } catch (error) {
      // A full disk or a broken one ends the whole transaction by itself: then nobody's write happened.
      if (!connection.isTransaction) throw error;
      connection.exec('ROLLBACK TO job; RELEASE job');
      return () => job.fail(explain(error));
    }
  }

  function write<T>(work: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const attempt = (): Settle => {
      const result = work();
      return () => resolve(result);
    };
    if (waiting.push({ attempt, fail: reject }) === 1) setImmediate(flush);
    return promise;
  }

  return { write, flush };
}
