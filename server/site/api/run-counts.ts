/** How the runs of this process ended, for those who watch the server. Counted as they are published, not from the store. */

import type { Publish } from '../../model/run-events.ts';
import { VERDICTS, type VerdictKind } from '../../rules/verdict.ts';

export type RunCounts = {
  verdicts: Readonly<Record<VerdictKind, number>>;
  /** From taking a run to its verdict, added up, in ms. */
  totalMs: number;
};

export type CountingPublish = { publish: Publish; counts(): RunCounts };

/** Passes every event on to `next`. */
export function countRuns(next: Publish): CountingPublish {
  const verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<VerdictKind, number>;
  let totalMs = 0;
  return {
    publish(runId, event) {
      if (event.type === 'done') {
        verdicts[event.outcome.verdict] += 1;
        totalMs += event.outcome.timings.totalMs;
      }
      next(runId, event);
    },
    counts: () => ({ verdicts: { ...verdicts }, totalMs }),
  };
}
