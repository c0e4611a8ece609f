/** Long work on environments, in memory: a few at a time, the others wait. What is running ends with the server. */
import { randomUUID } from 'node:crypto';
import { createJobLog, type JobLog } from './job-log.ts';
import { ended, faultSentence, forgotten, isOver, newJob, sentenceOf, whyRefused } from './job-policy.ts';
import type { Job, JobNews, Jobs, JobWork } from './port.ts';

export type JobsOptions = {
  clock: () => number;
  /** How many work at the same time. */
  atOnce?: number;
  /** How many that ended are kept, with their logs. */
  keep?: number;
  /** How many may wait; more are refused. */
  maxWaiting?: number;
  /** Called with our own faults, and with the id that the job's reader sees. */
  failed: (error: unknown, errorId: string) => void;
};

type Entry = { job: Job; log: JobLog; stop: AbortController; work: JobWork; settled: Promise<void> };

const AT_ONCE = 2;
/** Each holds at most 400 KiB of log. */
const KEEP = 100;
const MAX_WAITING = 50;

export function createJobs({
  clock,
  failed,
  atOnce = AT_ONCE,
  keep = KEEP,
  maxWaiting = MAX_WAITING,
}: JobsOptions): Jobs {
  const entries = new Map<string, Entry>();
  const { tell, onChange } = createListeners();
  const line = createLine(atOnce, run);
  let isClosed = false;

  const now = () => new Date(clock()).toISOString();
  /** A new object each time: code that holds the old one keeps the state of then. */
  function change(entry: Entry, changes: Partial<Job>): void {
    entry.job = { ...entry.job, ...changes };
    tell(entry.job);
  }

  async function run(entry: Entry): Promise<void> {
    const { signal } = entry.stop;
    change(entry, { state: 'running' });
    try {
      const result = await entry.work(newsFor(entry), signal);
      end(entry, ended({ result }, now()));
    } catch (error) {
      end(entry, ended(signal.aborted ? 'stopped' : { error: explain(error, failed) }, now()));
    }
  }

  const newsFor = (entry: Entry): JobNews => ({
    line(text) {
      if (!isOver(entry.job)) tell(entry.job, entry.log.add(text));
    },
    progress(progress) {
      if (!isOver(entry.job)) change(entry, { progress });
    },
  });

  function end(entry: Entry, changes: Partial<Job>): void {
    change(entry, changes);
    const jobs = [...entries.values()].map(({ job }) => job);
    for (const id of forgotten(jobs, keep)) entries.delete(id);
  }

  function stop(id: string): void {
    const entry = entries.get(id);
    if (!entry || isOver(entry.job)) return;
    entry.stop.abort();
    if (line.leave(entry)) end(entry, ended('stopped', now()));
  }

  return {
    start(about, work) {
      const refused = whyRefused({ isClosed, waiting: line.waiting() }, maxWaiting);
      if (refused) throw refused;
      const entry = entryOf(newJob(about, randomUUID(), now()), work);
      entries.set(entry.job.id, entry);
      line.join(entry, () => tell(entry.job));
      return entry.job;
    },
    list: () => [...entries.values()].map(({ job }) => job).reverse(),
    get: (id) => entries.get(id)?.job ?? null,
    log: (id, from = 0) => entries.get(id)?.log.lines(from) ?? [],
    printed: (id) => entries.get(id)?.log.printed() ?? 0,
    stop,
    onChange,
    async close() {
      isClosed = true;
      for (const id of entries.keys()) stop(id);
      await Promise.all([...entries.values()].map(({ settled }) => settled));
    },
  };
}

function createListeners() {
  const listeners = new Set<(job: Job, line: string | null) => void>();
  return {
    tell(job: Job, line: string | null = null): void {
      for (const listener of listeners) listener(job, line);
    },
    onChange(listener: (job: Job, line: string | null) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const entryOf = (job: Job, work: JobWork): Entry => ({
  job,
  log: createJobLog(),
  stop: new AbortController(),
  work,
  settled: Promise.resolve(),
});

/** A sentence for the job's reader. A fault of our own gets an id under which the operator finds it. */
function explain(error: unknown, failed: JobsOptions['failed']): string {
  const sentence = sentenceOf(error);
  if (sentence !== null) return sentence;
  const errorId = randomUUID().slice(0, 12);
  failed(error, errorId);
  return faultSentence(errorId);
}

/** Runs entries in their order, so many at the same time. */
function createLine(atOnce: number, run: (entry: Entry) => Promise<void>) {
  let waiting: Entry[] = [];
  let working = 0;

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

  return {
    waiting: () => waiting.length,
    /** @param joined called when the entry waits, before it may begin */
    join(entry: Entry, joined: () => void): void {
      waiting.push(entry);
      joined();
      next();
    },
    /** @returns whether it was waiting */
    leave(entry: Entry): boolean {
      const wasWaiting = waiting.includes(entry);
      waiting = waiting.filter((one) => one !== entry);
      return wasWaiting;
    },
  };
}
