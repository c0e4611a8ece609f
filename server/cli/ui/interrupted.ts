/** Ctrl-C during long work: what is under way is ended in order. A second one ends the program at once. */
import { INTERRUPTED } from './exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal sends Ctrl-C to npm, to us and to those between, who pass it on: within this time it is one. */
const ONE_KEY_MS = 1000;

/** Until it is disposed of, or the program ends, signals abort instead of ending the program. */
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
