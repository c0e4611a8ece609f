/** Time that tests can move by hand. */

/** Calls `work` once after the delay; the returned function cancels that. */
export type Timer = (work: () => void, delayMs: number) => () => void;

/** A timer does not keep the process alive: work that must survive the process is in the store. */
export const systemTimer: Timer = (work, delayMs) => {
  const timeout = setTimeout(work, delayMs).unref();
  return () => clearTimeout(timeout);
};
