/** How many messages one connection may send: a token bucket. */
const BURST = 60;
const PER_SECOND = 20;

/** Each call returns whether one more message is allowed. */
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
