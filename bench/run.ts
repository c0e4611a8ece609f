/** Runs groups of measures one after the other; a failed group does not affect the others. */
import { randomBytes } from 'node:crypto';
import type { Bench, Group, StartServer } from './context.ts';
import { createProgress } from './progress.ts';
import { allFailed, type Measures, withRatios } from './report/results.ts';

export type RunOptions = {
  startServer: StartServer;
  groups: readonly Group[];
  samples: number;
  quick: boolean;
  folder: string;
};

/** Enough samples for a p95 that is not simply the slowest one. */
export const SAMPLES = 40;
export const QUICK_SAMPLES = 10;

/** Fails with the signal's reason when a user stops it; everything it made is removed by then. */
export async function runBench({ groups, ...given }: RunOptions): Promise<Measures> {
  using stop = untilStopped();
  const progress = createProgress();
  const id = randomBytes(4).toString('hex');
  const bench: Bench = { ...given, id, signal: stop.signal, say: progress.say };
  let all: Measures = {};
  try {
    for (const group of groups) all = { ...all, ...(await measure(group, bench)) };
  } finally {
    progress.end();
  }
  return withRatios(all);
}

async function measure(group: Group, bench: Bench): Promise<Measures> {
  bench.say(`${group.name} …`);
  try {
    return await group.measure(bench);
  } catch (error) {
    bench.signal.throwIfAborted();
    return allFailed(group.titles(bench), error);
  }
}

/** The first Ctrl-C ends the run with clean-up, a second one ends it at once. */
function untilStopped(): Disposable & { signal: AbortSignal } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Stopped('stopped'));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => signals.forEach((signal) => void process.off(signal, stop)),
  };
}

/** Whether a user stopped the run. */
export class Stopped extends Error {}
