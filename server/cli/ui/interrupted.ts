/** Ctrl-C during long work: the work under way ends in order. A second Ctrl-C ends the program at once. */
import { INTERRUPTED } from './exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm and our parent processes pass Ctrl-C on, so it arrives more than once: within this time it counts as one. */
const ONE_KEY_MS = 1000;

/** Until it is disposed of, or the program ends, signals abort the work instead of ending the program. */
export function untilInterrupted(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  let firstAt = 0;
  const stop = (): void => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort();
    } else if (performance.now() - firstAt > ONE_KEY_MS) process.exit(INTERRUPTED);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}
