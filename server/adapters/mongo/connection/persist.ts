/**
 * Asks again while the database is away for a moment (a restart, another primary). On `isAgain` the caller has to find
 * out whether the write whose answer was lost did happen.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { explain, isPassing } from './errors.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

export type Persist = <T>(attempt: (isAgain: boolean) => Promise<T>) => Promise<T>;

/** @param patienceMs afterwards it fails with "store-away" */
export function createPersist(shown: string, patienceMs: number, closing: AbortSignal): Persist {
  return async (attempt) => {
    const deadline = performance.now() + patienceMs;
    for (let tries = 0; ; tries++) {
      try {
        return await attempt(tries > 0);
      } catch (error) {
        if (!isPassing(error) || performance.now() > deadline || closing.aborted) throw explain(error, shown);
        await pause(Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS), null, { ref: false });
      }
    }
  };
}
