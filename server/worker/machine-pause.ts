/**
 * While the whole machine is in a bad state, runs wait: one at a time tries whether it is over. So a full disk costs no
 * run its tries, and all are graded once there is room.
 */
import type { Logger } from 'pino';
import type { AwaitedEnvironment } from '../model/awaited.ts';
import { systemTimer, type Timer } from '../ports/clock.ts';
import { EnvironmentAway } from '../rules/errors.ts';

/** How long after a failure the next run may try. */
const PROBE_MS = 5000;

export type MachinePause = {
  /** Why runs wait, as a sentence; null: they do not. */
  why(): string | null;
  /** Waits until the machine is well again, until it is this run's turn to try, or until its signal is aborted. */
  enter(signal: AbortSignal): Promise<void>;
  failed(why: string, error: unknown): void;
  passed(): void;
};

export function createMachinePause(
  log: Pick<Logger, 'error' | 'info'>,
  timer: Timer = systemTimer,
): MachinePause {
  let state: string | null = null;
  /** Those that wait, in their order. */
  const waiting = new Set<() => void>();
  let callOff = () => {};

  function letOneTry(): void {
    const [first] = waiting;
    callOff = timer(letOneTry, PROBE_MS);
    first?.();
  }

  return {
    why: () => state,
    async enter(signal) {
      if (state === null || signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.add(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      waiting.delete(resolve);
    },
    failed(why, err) {
      if (state !== why) log.error({ err }, `runs wait: ${why} They are graded when that is over.`);
      state = why;
      callOff();
      callOff = timer(letOneTry, PROBE_MS);
    },
    passed() {
      if (state === null) return;
      log.info('runs are graded again: the machine is well');
      state = null;
      callOff();
      for (const go of waiting) go();
    },
  };
}

/** What is remembered of a run that met faults which are not its own: it tells the one that causes them from the rest. */
export type Trial = {
  /** How often others were graded between two such faults of this run. */
  alone: number;
  /** Since its first such fault. */
  waitedMs: number;
};

/** away: the environment that the run met last, if that was not there. */
type Seen = { passes: number; alone: number; since: number; away: EnvironmentAway | null };

/** @param nowMs of a clock that does not jump */
export function createTrials(nowMs: () => number = () => performance.now()) {
  let passes = 0;
  /** Only runs that wait: each is forgotten when it ends. */
  const seen = new Map<string, Seen>();

  return {
    failed(runId: string, error: unknown): Trial {
      const before = seen.get(runId) ?? { passes, alone: 0, since: nowMs() };
      const alone = before.alone + (passes > before.passes ? 1 : 0);
      const away = error instanceof EnvironmentAway ? error : null;
      seen.set(runId, { passes, alone, since: before.since, away });
      return { alone, waitedMs: nowMs() - before.since };
    },
    /** What runs wait for that met an environment which cannot grade now. */
    awaited(): AwaitedEnvironment[] {
      const away = [...seen.values()].flatMap((one) => one.away ?? []);
      return [...Map.groupBy(away, ({ environment }) => environment)]
        .map(([environment, own]) => ({ environment, why: own.at(-1)?.message ?? '', runs: own.length }))
        .sort((one, other) => one.environment.localeCompare(other.environment));
    },
    /** A run was graded in a container: the machine is able to. */
    passed: (): void => void passes++,
    forget: (runId: string): void => void seen.delete(runId),
  };
}
export type Trials = ReturnType<typeof createTrials>;
