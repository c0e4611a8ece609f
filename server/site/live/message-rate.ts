/** How many messages one connection may send: a bucket that refills with time. */
const BURST = 60;
const PER_SECOND = 20;

/** Tells with every call whether there is one more message in it. */
export function createPace(clock: () => number, burst = BURST, perSecond = PER_SECOND): () => boolean {
  let left = burst;
  let last = clock();
  return () => {
    const now = clock();
    left = Math.min(burst, left + ((now - last) / 1000) * perSecond);
    last = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
