/** Makes work wait until no student runs are queued. The wait is bounded, so that work ends even in a busy week. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Queue } from '../ports/queue.ts';

const LOOK_MS = 50;
const LONGEST_MS = 30_000;

export const untilQuiet =
  (queue: Pick<Queue, 'size'>) =>
  async (stopped: AbortSignal): Promise<void> => {
    const deadline = performance.now() + LONGEST_MS;
    const isBusy = async () => {
      const { waiting, active } = await queue.size();
      return waiting + active > 0;
    };
    while (!stopped.aborted && (await isBusy()) && performance.now() < deadline) await pause(LOOK_MS);
  };
