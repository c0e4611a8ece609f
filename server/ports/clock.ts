/** Time that tests can move by hand. */

/** Calls `work` once after the delay; the result calls it off. */
export type Timer = (work: () => void, delayMs: number) => () => void;

/** Does not keep the process alive: what must happen after the end of this process is in the store. */
export const systemTimer: Timer = (work, delayMs) => {
  const timeout = setTimeout(work, delayMs).unref();
  return () => clearTimeout(timeout);
};
