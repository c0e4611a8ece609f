/**
 * Everything that writes goes through here. Writes that were asked for in the same turn of the event loop share
 * one transaction; each has its own savepoint, so that one's failure is not another's. The wait for the disk comes
 * after it, beside everything else, and whatever was written meanwhile shares it: a whole class that submits at
 * once costs one wait. A promise resolves once its write is on disk, or at once if the write may be lost.
 */
import type { DatabaseSync } from 'node:sqlite';
import { coalesced } from '../../rules/turns.ts';

type Settle = () => void;
type Explain = (error: unknown) => unknown;
type Job = { attempt: () => Settle; fail: (error: unknown) => void; mayBeLost: boolean };
export type Writer = {
  write<T>(work: () => T, mayBeLost?: boolean): Promise<T>;
  /** Writes everything that waits. */
  flush(): void;
  /** Settles once all that was written before is on disk. */
  settled(): Promise<void>;
};

/** @param sync waits until the log of writes is on disk */
export function createWriter(connection: DatabaseSync, explain: Explain, sync: () => Promise<void>): Writer {
  let waiting: Job[] = [];
  const onDisk = coalesced(sync);

  function flush(): void {
    const jobs = waiting;
    waiting = [];
    if (jobs.length === 0) return;
    const settles = commit(connection, jobs, explain);
    if (settles === null) return;
    const done = jobs.map((job, at) => ({ ...job, settle: settles[at] }));
    for (const { mayBeLost, settle } of done) if (mayBeLost) settle?.();
    const lasting = done.filter((job) => !job.mayBeLost);
    if (lasting.length > 0) void settleOnDisk(lasting);
  }

  async function settleOnDisk(jobs: readonly (Job & { settle: Settle | undefined })[]): Promise<void> {
    try {
      await onDisk();
      for (const { settle } of jobs) settle?.();
    } catch (error) {
      for (const job of jobs) job.fail(explain(error));
    }
  }

  function write<T>(work: () => T, mayBeLost = false): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const attempt = (): Settle => {
      const result = work();
      return () => resolve(result);
    };
    if (waiting.push({ attempt, fail: reject, mayBeLost }) === 1) setImmediate(flush);
    return promise;
  }

  return {
    write,
    flush,
    settled: () => {
      flush();
      return onDisk();
    },
  };
}

/** Gives what settles each job; null when none happened: then all have failed already. */
function commit(connection: DatabaseSync, jobs: readonly Job[], explain: Explain): Settle[] | null {
  try {
    connection.exec('BEGIN IMMEDIATE');
    const settles = jobs.map((job) => inSavepoint(connection, job, explain));
    connection.exec('COMMIT');
    return settles;
  } catch (error) {
    for (const job of jobs) job.fail(explain(error));
    if (connection.isOpen && connection.isTransaction) connection.exec('ROLLBACK');
    return null;
  }
}

function inSavepoint(connection: DatabaseSync, job: Job, explain: Explain): Settle {
  connection.exec('SAVEPOINT job');
  try {
    const settle = job.attempt();
    connection.exec('RELEASE job');
    return settle;
  } catch (error) {
    // A full or broken disk ends the whole transaction: then no write of it happened.
    if (!connection.isTransaction) throw error;
    connection.exec('ROLLBACK TO job; RELEASE job');
    return () => job.fail(explain(error));
  }
}
