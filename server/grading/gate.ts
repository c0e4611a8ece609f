/** Lets so many in at once; the others wait in the order they came. */
export type Gate = { enter(): Promise<AsyncDisposable> };

export function createGate(places: number): Gate {
  let free = places;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    async enter() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let left = false;
      return {
        async [Symbol.asyncDispose]() {
          if (!left) leave();
          left = true;
        },
      };
    },
  };
}
