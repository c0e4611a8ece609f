/**
 * The story of every run that happens or has just happened, in memory. Browsers join it at any time and
 * miss nothing; when it has forgotten a run, the stored run tells the rest (stored-steps.ts).
 */
import type { Publish, RunEvent } from '../../../model/run-events.ts';
import { systemTimer, type Timer } from '../../../ports/clock.ts';
import { createListeners } from './listeners.ts';
import { createRunLog, type RunLog } from './run-log.ts';
import type { LogStep, StepBody } from './steps.ts';

export type EventLogOptions = {
  now?: () => number;
  timer?: Timer;
  headBytes?: number;
  tailBytes?: number;
  /** How many runs that are over stay readable. */
  maxDone?: number;
  /** How many runs altogether; the oldest is forgotten first. */
  maxRuns?: number;
  /** All logs together, in bytes. */
  maxBytes?: number;
};

export type EventLog = {
  publish: Publish;
  /** Returns the way to stop. */
  subscribe(runId: string, listener: (step: LogStep) => void): () => void;
  /** What a viewer has not seen yet; null when nothing is known of this run. */
  since(runId: string, attempt: number, after: number): LogStep[] | null;
  /** Whether it heard that the run is over. */
  ended(runId: string): boolean;
  /** Begins the log of an unknown run with what the store knows. `after`: the last number that was seen. */
  seed(runId: string, attempt: number, bodies: readonly StepBody[], after?: number): void;
  /** A waiting run moved up in the queue; told only when the place is another one. */
  moved(runId: string, position: number | null): void;
  close(): void;
};

const defaults = {
  now: Date.now,
  timer: systemTimer,
  headBytes: 256 * 1024,
  tailBytes: 64 * 1024,
  maxDone: 500,
  maxRuns: 5000,
  maxBytes: 64 * 2 ** 20,
};

export function createEventLog(given: EventLogOptions = {}): EventLog {
  const options = { ...defaults, ...given };
  const logs = new Map<string, RunLog>();
  const listeners = createListeners<LogStep>();
  let totalBytes = 0;

  function start(runId: string, attempt: number, firstAfter = 0): RunLog {
    logs.get(runId)?.close();
    const log = createRunLog({
      ...options,
      attempt,
      firstAfter,
      mayGrow: () => totalBytes < options.maxBytes,
      grew: (bytes) => {
        totalBytes += bytes;
      },
      emit: (step) => listeners.tell(runId, step),
    });
    logs.set(runId, log);
    return log;
  }

  function forget(runId: string): void {
    logs.get(runId)?.close();
    logs.delete(runId);
  }

  function makeRoom(): void {
    // A map keeps the order of insertion, and a run is put at the end when it is over: oldest first.
    const done = [...logs].filter(([, log]) => log.ended()).map(([runId]) => runId);
    let count = done.length;
    for (const runId of done) {
      if (count <= options.maxDone && totalBytes <= options.maxBytes) break;
      forget(runId);
      count -= 1;
    }
    for (const runId of logs.keys()) {
      if (logs.size <= options.maxRuns) break;
      forget(runId);
    }
  }

  function logFor(runId: string, event: RunEvent): RunLog | null {
    const known = logs.get(runId);
    if (event.type !== 'starting') return known ?? start(runId, 0);
    if (!known || event.attempt > known.attempt) return start(runId, event.attempt);
    // An attempt that was given up long ago speaks: nobody listens.
    return event.attempt < known.attempt ? null : known;
  }

  return {
    publish(runId, event) {
      const log = logFor(runId, event);
      if (!log) return;
      log.add(bodyOf(event));
      if (event.type === 'done') {
        logs.delete(runId);
        logs.set(runId, log);
      }
      if (event.type === 'done' || event.type === 'queued') makeRoom();
    },
    subscribe: listeners.add,
    since(runId, attempt, after) {
      const log = logs.get(runId);
      return log ? log.after(attempt === log.attempt ? after : 0) : null;
    },
    ended: (runId) => logs.get(runId)?.ended() ?? false,
    seed(runId, attempt, bodies, after = 0) {
      if (logs.has(runId)) return;
      const log = start(runId, attempt, after);
      for (const body of bodies) log.add(body);
      makeRoom();
    },
    moved(runId, position) {
      const log = logs.get(runId);
      const last = log?.after(0).at(-1);
      if (!log || last?.type !== 'queued') return;
      if (position !== null && position !== last.position) log.add({ type: 'queued', position });
    },
    close() {
      for (const runId of [...logs.keys()]) forget(runId);
      listeners.clear();
    },
  };
}

function bodyOf(event: RunEvent): StepBody {
  if (event.type === 'queued') return { type: 'queued', position: event.position ?? null };
  if (event.type !== 'starting') return event;
  return { type: 'starting', environment: event.environment.name, runtime: event.environment.runtime ?? '' };
}
