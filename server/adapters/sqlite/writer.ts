/**
 * Everything that writes goes through here. Writes that were asked for in the same turn of the event loop share
 * one transaction; each has its own savepoint, so that one's failure is not another's. The wait for the disk comes
 * after it, beside everything else, and whatever was written meanwhile shares it: a whole class that submits at
 * once costs one wait. A promise resolves once its write is on disk, or at once if the write may be lost. While another
 * program has the database for itself, the writes wait beside other work, in their order, and are tried again.
 */
import type { DatabaseSync } from 'node:sqlite';
import { coalesced } from '../../rules/turns.ts';
import { isBusy } from './errors.ts';

/** How soon a database that another program holds is tried again; each time twice as late. */
const AGAIN_MS = { first: 10, last: 320 };
/** A write that has waited for so long fails with "busy": somebody may be waiting for its answer. */
const PATIENCE_MS = 5000;

type Settle = () => void;
type Explain = (error: unknown) => unknown;
type Job = { attempt: () => Settle; fail: (error: unknown) => void; mayBeLost: boolean; until: number };
export type Writer = {
  write<T>(work: () => T, mayBeLost?: boolean): Promise<T>;
  /** Settles once all that was written before is on disk. */
  settled(): Promise<void>;
};

/**
 * @param sync waits until the log of writes is on disk
 * @param patienceMs how long a write waits for another program
 */
export function createWriter(
  connection: DatabaseSync,
  explain: Explain,
  sync: () => Promise<void>,
  patienceMs = PATIENCE_MS,
): Writer {
  let waiting: Job[] = [];
  const pause = createPause(() => flush());
  let idle = Promise.withResolvers<void>();
  const onDisk = coalesced(sync);

  function flush(): void {
    const jobs = waiting;
    waiting = [];
    if (jobs.length === 0) return;
    const settles = commit(connection, jobs, explain);
    if (settles === 'held') {
      wait(jobs);
      return;
    }
    pause.over();
    noneWaits();
    if (settles === null) return;
    const done = jobs.map((job, at) => ({ ...job, settle: settles[at] }));
    for (const { mayBeLost, settle } of done) if (mayBeLost) settle?.();
    const lasting = done.filter((job) => !job.mayBeLost);
    if (lasting.length > 0) void settleOnDisk(lasting, onDisk, explain);
  }

  const noneWaits = (): void => {
    idle.resolve();
    idle = Promise.withResolvers();
  };

  /** Another program holds the database: those that have waited long enough fail, the others are tried again. */
  function wait(jobs: readonly Job[]): void {
    const now = performance.now();
    for (const job of jobs) if (job.until <= now) job.fail(explain(held()));
    waiting = jobs.filter((job) => job.until > now);
    if (waiting.length === 0) {
      noneWaits();
      return;
    }
    pause.begin();
  }

  function write<T>(work: () => T, mayBeLost = false): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const attempt = (): Settle => {
      const result = work();
      return () => resolve(result);
    };
    const until = performance.now() + patienceMs;
    if (waiting.push({ attempt, fail: reject, mayBeLost, until }) === 1 && !pause.isOn()) setImmediate(flush);
    return promise;
  }

  return {
    write,
    async settled() {
      if (!pause.isOn()) flush();
      while (waiting.length > 0) await idle.promise;
      await onDisk();
    },
  };
}

type Lasting = Job & { settle: Settle | undefined };

async function settleOnDisk(
  jobs: readonly Lasting[],
  onDisk: () => Promise<void>,
  explain: Explain,
): Promise<void> {
  try {
    await onDisk();
    for (const { settle } of jobs) settle?.();
  } catch (error) {
    for (const job of jobs) job.fail(explain(error));
  }
}

/** The rests between tries, each twice as long as the one before. */
function createPause(then: () => void) {
  let ms = 0;
  let timer: NodeJS.Timeout | null = null;
  return {
    isOn: () => timer !== null,
    begin(): void {
      ms = Math.min(AGAIN_MS.last, Math.max(AGAIN_MS.first, ms * 2));
      timer = setTimeout(() => {
        timer = null;
        then();
      }, ms);
    },
    over(): void {
      ms = 0;
    },
  };
}

/** As SQLite says it. */
const held = () => Object.assign(new Error('database is locked'), { errcode: 5 });

/** Gives what settles each job; null when none happened: then all have failed already. "held": none was begun. */
function commit(connection: DatabaseSync, jobs: readonly Job[], explain: Explain): Settle[] | null | 'held' {
  try {
    connection.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (isBusy(error)) return 'held';
    for (const job of jobs) job.fail(explain(error));
    return null;
  }
  try {
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
