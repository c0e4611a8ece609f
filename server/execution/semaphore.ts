/** Lets so many in at once; the others wait in the order they came. */
export type Gate = {
  /** Who gives up waiting (its signal is aborted) goes in without taking a place: it is about to leave. */
  enter(signal?: AbortSignal): Promise<AsyncDisposable>;
};

export function createGate(places: number): Gate {
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
