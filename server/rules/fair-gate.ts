/** A gate that lets a few in at once. Callers wait in lanes, and each lane has its turn: a full lane delays no other. */

export type FairGate = {
  /** @returns null when the lane, or all lanes together, hold as many as they may: the caller is refused */
  enter(lane: string): Promise<Disposable> | null;
};

/** @param most callers that may wait: in one lane, and in all */
export function createFairGate(places: number, most: { perLane: number; overall: number }): FairGate {
  let free = places;
  let waiting = 0;
  /** In the order of their turns; a lane that had its turn goes to the end. */
  const lanes = new Map<string, (() => void)[]>();

  function next(): void {
    const [first] = lanes;
    if (first === undefined) {
      free += 1;
      return;
    }
    const [name, callers] = first;
    const come = callers.shift();
    lanes.delete(name);
    if (callers.length > 0) lanes.set(name, callers);
    waiting -= 1;
    come?.();
  }

  function place(): Disposable {
    let left = false;
    return {
      [Symbol.dispose]() {
        if (left) return;
        left = true;
        next();
      },
    };
  }

  return {
    enter(lane) {
      if (free > 0) {
        free -= 1;
        return Promise.resolve(place());
      }
      const callers = lanes.get(lane) ?? [];
      if (callers.length >= most.perLane || waiting >= most.overall) return null;
      waiting += 1;
      lanes.set(lane, callers);
      return new Promise((resolve) => callers.push(() => resolve(place())));
    },
  };
}
