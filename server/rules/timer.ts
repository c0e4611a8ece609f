/** Calls once after some ms; the returned function calls it off. A parameter, so that tests need no waiting. */
export type Timer = (callback: () => void, ms: number) => () => void;

/** Does not keep the process alive. */
export const systemTimer: Timer = (callback, ms) => {
  const timeout = setTimeout(callback, ms);
  timeout.unref();
  return () => clearTimeout(timeout);
};
