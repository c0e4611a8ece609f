/** Long work on environments, in memory: a few at a time, the others wait. What is running ends with the server. */
import { randomUUID } from 'node:crypto';
import { GradeportError } from '../rules/errors.ts';
import { createJobLog, type JobLog } from './job-log.ts';
import type { Job, JobNews, JobProgress, Jobs, JobWork } from './port.ts';

export type JobsOptions = {
  clock: () => number;
  /** How many work at the same time. */
  atOnce?: number;
  /** How many that ended are kept, with their logs. */
  keep?: number;
  /** How many may wait; more are refused. */
  maxWaiting?: number;
  /** Told of our own faults, with the id that the job's reader was told. */
  failed: (error: unknown, errorId: string) => void;
};

type Entry = { job: Job; log: JobLog; stop: AbortController; work: JobWork; settled: Promise<void> };

const AT_ONCE = 2;
/** Each holds at most 400 KiB of log. */
const KEEP = 100;
const MAX_WAITING = 50;
const MAX_TITLE = 200;

export function createJobs({
  clock,
  failed,
  atOnce = AT_ONCE,
  keep = KEEP,
  maxWaiting = MAX_WAITING,
}: JobsOptions): Jobs {
  const entries = new Map<string, Entry>();
  const listeners = new Set<(job: Job, line: string | null) => void>();
  let waiting: Entry[] = [];
  let working = 0;
  let closed = false;

  const now = () => new Date(clock()).toISOString();
  const tell = (job: Job, line: string | null = null): void => {
    for (const listener of listeners) listener(job, line);
  };
  /** A new object each time: whoever holds the old one has the state of then. */
  function change(entry: Entry, changes: Partial<Job>): void {
    entry.job = { ...entry.job, ...changes };
    tell(entry.job);
  }

  function next(): void {
    while (working < atOnce) {
      const entry = waiting.shift();
      if (!entry) return;
      working += 1;
      entry.settled = run(entry).finally(() => {
        working -= 1;
        next();
      });
    }
  }

  async function run(entry: Entry): Promise<void> {
    const { signal } = entry.stop;
    change(entry, { state: 'running' });
    try {
      const result = await entry.work(newsFor(entry), signal);
      end(entry, { state: 'done', result });
    } catch (error) {
      if (signal.aborted) end(entry, { state: 'stopped' });
      else end(entry, { state: 'failed', error: sentenceOf(error) });
    }
  }

  function newsFor(entry: Entry): JobNews {
    const isOver = () => entry.job.endedAt !== null;
    return {
      line(text) {
        if (!isOver()) tell(entry.job, entry.log.add(text));
      },
      progress(progress: JobProgress) {
        if (!isOver()) change(entry, { progress });
      },
    };
  }

  function sentenceOf(error: unknown): string {
    if (error instanceof GradeportError && error.code !== 'internal') return error.message;
    const errorId = randomUUID().slice(0, 12);
    failed(error, errorId);
    return `Something went wrong on our side. Give the operator this id: ${errorId}.`;
  }

  function end(entry: Entry, changes: Partial<Job>): void {
    change(entry, { ...changes, endedAt: now() });
    forget();
  }

  function forget(): void {
    const ended = [...entries.values()].filter(({ job }) => job.endedAt !== null);
    for (const { job } of ended.slice(0, Math.max(0, ended.length - keep))) entries.delete(job.id);
  }

  function stop(id: string): void {
    const entry = entries.get(id);
    if (!entry || entry.job.endedAt !== null) return;
    entry.stop.abort();
    if (!waiting.includes(entry)) return;
    waiting = waiting.filter((one) => one !== entry);
    end(entry, { state: 'stopped' });
  }

  return {
    start(about, work) {
      if (closed) throw new GradeportError('busy', 'The server is stopping; try again once it is back.');
      if (waiting.length >= maxWaiting) {
        throw new GradeportError('busy', `${maxWaiting} jobs are waiting already; try again later.`);
      }
      const job: Job = {
        ...about,
        title: about.title.slice(0, MAX_TITLE),
        id: randomUUID(),
        state: 'waiting',
        startedAt: now(),
        endedAt: null,
        progress: null,
        result: null,
        error: null,
      };
      const entry = {
        job,
        log: createJobLog(),
        stop: new AbortController(),
        work,
        settled: Promise.resolve(),
      };
      entries.set(job.id, entry);
      waiting.push(entry);
      tell(job);
      next();
      return entry.job;
    },
    list: () => [...entries.values()].map(({ job }) => job).reverse(),
    get: (id) => entries.get(id)?.job ?? null,
    log: (id, from = 0) => entries.get(id)?.log.lines(from) ?? [],
    printed: (id) => entries.get(id)?.log.printed() ?? 0,
    stop,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      for (const id of entries.keys()) stop(id);
      await Promise.all([...entries.values()].map(({ settled }) => settled));
    },
  };
}
