/** How long the event loop keeps others waiting: as a metric, and as a warning in the log. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { systemTimer, type Timer } from '../ports/clock.ts';

const PERIOD_MS = 10_000;
/** A page is answered in a few milliseconds: people notice this. */
const LONG_MS = 250;
const WARN_EVERY_MS = 60_000;

/** Of one period, in ms. */
export type LoopDelay = { p50: number; p99: number; max: number };

type WatchDeps = {
  /** The delay since the last call. */
  read(): LoopDelay;
  /** Takes the delay of each period. */
  saw(delay: LoopDelay): void;
  log: Pick<Logger, 'warn'>;
  clock(): number;
  timer?: Timer;
};

export function watchLoop({ read, saw, log, clock, timer = systemTimer }: WatchDeps): Disposable {
  let warnedAt = Number.NEGATIVE_INFINITY;
  let stop = timer(look, PERIOD_MS);
  function look(): void {
    const delay = read();
    saw(delay);
    if (delay.max >= LONG_MS && clock() - warnedAt >= WARN_EVERY_MS) {
      warnedAt = clock();
      log.warn({ loopDelayMs: delay }, 'the server was held up: every page waited');
    }
    stop = timer(look, PERIOD_MS);
  }
  return { [Symbol.dispose]: () => stop() };
}

const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

export function readLoopDelay(): () => LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  // Each sample includes the wait for its own timer.
  const ms = (ns: number): number => Math.max(0, Math.round(ns / NS_PER_MS - RESOLUTION_MS));
  return () => {
    const delay = {
      p50: ms(histogram.percentile(50)),
      p99: ms(histogram.percentile(99)),
      max: ms(histogram.max),
    };
    histogram.reset();
    return delay;
  };
}
