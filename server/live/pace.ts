/** How many messages one connection may send: a bucket that refills with time. */
const BURST = 60;
const PER_SECOND = 20;

/** Tells with every call whether there is one more message in it. */
export function createPace(clock: () => number): () => boolean {
  let left = BURST;
  let last = clock();
  return () => {
    const now = clock();
    left = Math.min(BURST, left + ((now - last) / 1000) * PER_SECOND);
    last = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
