/** Taking turns within one process: one at a time, a few at a time, or one round for all who ask. */

/** Lets so many in at once; the others wait in the order they came. */
export type Semaphore = {
  /** A caller that gives up waiting (its signal is aborted) goes in without taking a place: it is about to leave. */
  enter(signal?: AbortSignal): Promise<AsyncDisposable>;
};

export function createSemaphore(places: number): Semaphore {
  let free = places;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  /** @returns whether it got a place */
  const wait = (signal?: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      const come = () => {
        signal?.removeEventListener('abort', giveUp);
        resolve(true);
      };
      const giveUp = () => {
        waiting.splice(waiting.indexOf(come), 1);
        resolve(false);
      };
      waiting.push(come);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  return {
    async enter(signal) {
      let hasPlace = true;
      if (free > 0) free -= 1;
      else hasPlace = signal?.aborted ? false : await wait(signal);
      return {
        async [Symbol.asyncDispose]() {
          if (hasPlace) leave();
          hasPlace = false;
        },
      };
    },
  };
}

/** One piece of work after the other, in the order they were given; one that fails does not stop the next. */
export function createMutex(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
}

/**
 * Work that is never done twice at once. A caller that asks while it is being done cannot count on that round: it waits
 * for one more, which all such callers share. Its failures are the caller's.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const begin = (): Promise<void> => {
    const round = work().finally(() => {
      if (running === round) running = null;
    });
    running = round;
    next = null;
    return round;
  };
  return () => {
    if (running === null) return begin();
    next ??= running.then(begin, begin);
    return next;
  };
}

/**
 * Works on a list, so many at a time; no more are begun when one failed or `signal` is aborted.
 * @returns the results in the order of the list, without those that were not begun
 */
export async function mapAtMost<T, R>(
  places: number,
  list: readonly T[],
  work: (one: T) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const results = new Map<number, R>();
  const waiting = [...list.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next && !signal?.aborted; next = waiting.shift()) {
      try {
        results.set(next[0], await work(next[1]));
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  await whenAllEnded(Array.from({ length: Math.min(places, list.length) }, lane));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}

/** Like Promise.all, but nothing is still at work when it fails. */
export async function whenAllEnded<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
