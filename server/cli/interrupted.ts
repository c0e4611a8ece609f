/** Ctrl-C during long work: what is under way is ended in order. A second one ends the program at once. */

/** A terminal sends Ctrl-C to us and to a parent that passes it on (bin/gradeport.mjs): within this time it is one. */
const ONE_KEY_MS = 1000;

/** Until it is disposed of, signals abort instead of ending the program. */
export function untilInterrupted(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  let firstAt = 0;
  const stop = (): void => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort();
    } else if (performance.now() - firstAt > ONE_KEY_MS) process.exit(130);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
