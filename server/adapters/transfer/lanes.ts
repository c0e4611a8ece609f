/** Writes uploads at the same time: each waits for the disk several times, and together they wait once. */
const MOST = 8;
/** The size of the uploads under way: one may have 256 MiB, many are small. */
const MOST_BYTES = 64 * 2 ** 20;

export type Lanes = {
  /** Settles once there is room for the next one. Fails with the error of an earlier one. */
  add(bytes: number, work: () => Promise<unknown>): Promise<void>;
  /** Settles once all have ended. @throws the error of one that failed */
  empty(): Promise<void>;
  /** Settles once all have ended; never fails. */
  settled(): Promise<void>;
};

export function createLanes(): Lanes {
  const running = new Set<Promise<void>>();
  let onTheWay = 0;
  let fault: { error: unknown } | null = null;

  async function run(bytes: number, work: () => Promise<unknown>): Promise<void> {
    onTheWay += bytes;
    try {
      await work();
    } catch (error) {
      fault ??= { error };
    } finally {
      onTheWay -= bytes;
    }
  }

  function throwFault(): void {
    if (fault) throw fault.error;
  }

  async function settled(): Promise<void> {
    await Promise.all(running);
  }

  return {
    settled,
    async add(bytes, work) {
      throwFault();
      const one: Promise<void> = run(bytes, work).then(() => void running.delete(one));
      running.add(one);
      while (running.size >= MOST || (onTheWay > MOST_BYTES && running.size > 0)) await Promise.race(running);
      throwFault();
    },
    async empty() {
      await settled();
      throwFault();
    },
  };
}
