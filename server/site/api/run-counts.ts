/** How runs ended since this process began, for those who watch the server: counted from their events, not from the store. */
import type { RunReader } from '../../ports/run-events.ts';
import { VERDICTS, type VerdictKind } from '../../rules/verdict.ts';

export type RunCounts = {
  verdicts: Readonly<Record<VerdictKind, number>>;
  /** From taking a run to its verdict, added up, in ms. */
  totalMs: number;
};

export function countRuns(): { saw: RunReader; counts(): RunCounts } {
  const verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<VerdictKind, number>;
  let totalMs = 0;
  return {
    saw(_runId, event) {
      if (event.type !== 'done') return;
      verdicts[event.outcome.verdict] += 1;
      totalMs += event.outcome.timings.totalMs;
    },
    counts: () => ({ verdicts: { ...verdicts }, totalMs }),
  };
}
