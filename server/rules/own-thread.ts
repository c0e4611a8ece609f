/**
 * Work on what others wrote, in a thread of its own: however long a text or a file takes, the event loop goes on. The
 * thread is ended at a deadline or when it needs too much memory, and the next job begins a new one.
 */
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { GradeportError } from './errors.ts';
import { isShortage } from './machine-state.ts';

export type ThreadBounds = {
  /** For one job, from the moment that the thread has it. */
  deadlineMs: number;
  memoryMiB: number;
  /** Jobs that may wait; one more is refused. */
  maxWaiting: number;
  /** A thread without work ends after this time; null: it stays. */
  idleMs: number | null;
};

export type OwnThread<I, O> = {
  /**
   * Those who ask take turns, whatever each has waiting. Fails when the deadline was met, or too much waits.
   * @param owner who asks: a course, a run
   */
  work(owner: string, job: I): Promise<O>;
  /** Starts the thread before there is work. */
  warmUp(): void;
};

type Job<I, O> = { job: I; resolve(done: O): void; reject(why: Error): void };
/** Threads start within half a second; far longer on a machine that is very busy. */
const START_MS = 30_000;

const messageSchema = z.union([
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({ done: z.unknown() }),
]);

/** @param script calls answerInThread */
export function openThread<I, O>(script: URL, answer: z.ZodType<O>, bounds: ThreadBounds): OwnThread<I, O> {
  const { deadlineMs, maxWaiting, idleMs } = bounds;
  const round = createRound<Job<I, O>>();
  const runner = createRunner(script, bounds.memoryMiB);
  let current: Job<I, O> | null = null;
  let timer: NodeJS.Timeout | undefined;

  const within = (ms: number, why: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => end(why), ms);
  };

  /** Ends the thread and the job that it has; the next job begins another. */
  function end(why: string, error?: unknown): void {
    runner.end();
    const tooMuch = () => new GradeportError('busy', `This took too long or too much: ${why}.`);
    current?.reject(error instanceof Error && isShortage(error) ? error : tooMuch());
    current = null;
    // Not at once: where no thread starts, all that wait would end within each other.
    queueMicrotask(next);
  }

  function hear(done: unknown): void {
    current?.resolve(answer.parse(done));
    current = null;
    next();
  }

  function next(): void {
    if (current) return;
    clearTimeout(timer);
    current = round.take();
    if (current) begin(current);
    else rest();
  }

  function begin({ job }: Job<I, O>): void {
    within(START_MS, 'its thread did not start');
    const begun = () => within(deadlineMs, `more than ${deadlineMs / 1000} s`);
    try {
      runner.give(job, { begun, hear, lost: end });
    } catch (error) {
      // Where no file may be opened, no thread starts.
      end('its thread did not start', error);
    }
  }

  function rest(): void {
    runner.rest();
    if (idleMs !== null) timer = setTimeout(runner.end, idleMs).unref();
  }

  return {
    work: (owner, job) =>
      new Promise((resolve, reject) => {
        if (round.size() >= maxWaiting) {
          return reject(new GradeportError('busy', `More than ${maxWaiting} texts wait to be read.`));
        }
        round.add(owner, { job, resolve, reject });
        next();
      }),
    warmUp: runner.start,
  };
}

/** What waits, by owner: after each job the next owner has a turn. */
function createRound<T>() {
  const waiting = new Map<string, T[]>();
  let size = 0;
  return {
    size: () => size,
    add(owner: string, one: T): void {
      const others = waiting.get(owner);
      if (others) others.push(one);
      else waiting.set(owner, [one]);
      size += 1;
    },
    take(): T | null {
      const [first] = waiting;
      if (!first) return null;
      const [owner, list] = first;
      const one = list.shift() ?? null;
      waiting.delete(owner);
      if (list.length > 0) waiting.set(owner, list);
      size -= 1;
      return one;
    },
  };
}

type Listener = { begun(): void; hear(done: unknown): void; lost(why: string, error?: unknown): void };

/** The thread itself, started when there is work. */
function createRunner(script: URL, memoryMiB: number) {
  let worker: Worker | null = null;
  let isReady = false;
  let listener: Listener | null = null;
  let given: unknown;

  function start(): void {
    if (worker) return;
    const own = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: memoryMiB } });
    worker = own;
    own.on('message', (message: unknown) => worker === own && take(messageSchema.parse(message)));
    own.on('error', (error) => lose(own, error.message, error));
    own.on('exit', () => lose(own, 'its thread ended'));
    own.unref();
  }

  function take(message: z.infer<typeof messageSchema>): void {
    if ('ready' in message) {
      isReady = true;
      post();
    } else listener?.hear(message.done);
  }

  function post(): void {
    if (!worker || !isReady || !listener) return;
    worker.postMessage(given);
    listener.begun();
  }

  function end(): void {
    const own = worker;
    worker = null;
    isReady = false;
    void own?.terminate();
  }

  function lose(own: Worker, why: string, error?: unknown): void {
    if (worker !== own) return;
    end();
    listener?.lost(why, error);
  }

  return {
    start,
    end,
    give(job: unknown, to: Listener): void {
      given = job;
      listener = to;
      start();
      worker?.ref();
      post();
    },
    rest(): void {
      listener = null;
      worker?.unref();
    },
  };
}
