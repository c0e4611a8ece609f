/** A source whose store may be away, busy or full for a time: what a worker asks of it waits, and no verdict is lost. */

import { systemTimer, type Timer } from '../ports/clock.ts';
import { GradeportError } from '../rules/errors.ts';
import { machineState } from '../rules/machine-state.ts';
import type { MachinePause } from './machine-pause.ts';
import type { RunSource } from './run-source.ts';

const AGAIN_MS = 1000;

const STORE = 'The database takes no writes now.';

/** Why the store does not do what it is asked for now; null: it never will. */
function whyNotNow(error: unknown): string | null {
  if (error instanceof GradeportError && (error.code === 'store-away' || error.code === 'busy')) return STORE;
  return machineState(error);
}

/** @param until aborted when the server ends: then the next start grades what has no stored verdict */
export function patientSource(
  source: RunSource,
  pause: Pick<MachinePause, 'failed' | 'passed'>,
  until: AbortSignal,
  timer: Timer = systemTimer,
): RunSource {
  async function insist<T>(ask: () => Promise<T>): Promise<T> {
    for (let failed = false; ; failed = true) {
      try {
        const answer = await ask();
        if (failed) pause.passed();
        return answer;
      } catch (error) {
        const why = whyNotNow(error);
        if (why === null || until.aborted) throw error;
        pause.failed(why, error);
      }
      await restOrEnd(until, timer);
    }
  }

  return {
    claim: (runId) => insist(() => source.claim(runId)),
    load: (run) => insist(() => source.load(run)),
    finish: (run, ending) => insist(() => source.finish(run, ending)),
    giveBack: (run, failures) => insist(() => source.giveBack(run, failures)),
    needsEngine: (runId) => insist(() => source.needsEngine(runId)),
  };
}

async function restOrEnd(until: AbortSignal, timer: Timer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const callOff = timer(end, AGAIN_MS);
  until.addEventListener('abort', end);
  if (until.aborted) end();
  await promise;
  until.removeEventListener('abort', end);
  callOff();
}
