/**
 * Work that is never done twice at once: whoever asks while it is being done waits for one more round, which all of
 * them share. Its failures are the caller's.
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  function begin(): Promise<void> {
    const round = work().finally(() => {
      running = null;
    });
    running = round;
    return round;
  }

  return () => {
    if (next !== null) return next;
    if (running === null) return begin();
    next = running
      .catch(() => {})
      .then(() => {
        next = null;
        return begin();
      });
    return next;
  };
}
