import { expect, test } from 'vitest';
import { emptyReport } from '../../../../grading-api/report.ts';
import type { Outcome } from '../../../../server/model/collections.ts';
import type { RunEvent } from '../../../../server/model/run-events.ts';
import { countRuns } from '../../../../server/site/api/run-counts.ts';

const outcome = (verdict: Outcome['verdict'], totalMs: number): Outcome => ({
  verdict,
  result: 'success',
  grade: 100,
  summary: '',
  report: emptyReport,
  details: '',
  sharedContainer: false,
  output: { head: '', tail: '', omittedBytes: 0 },
  timings: { startMs: 0, graderMs: 0, programMs: 0, totalMs },
  used: { cpuMs: 0, wallMs: 0, memoryBytes: 0, outputBytes: 0 },
});

test('counts what ends, by verdict', () => {
  const { saw, counts } = countRuns();
  const events: RunEvent[] = [
    { type: 'queued', position: 0 },
    { type: 'done', outcome: outcome('success', 100) },
    { type: 'done', outcome: outcome('timeout', 50) },
  ];
  for (const [index, event] of events.entries()) saw('r1', { ...event, seq: index + 1, attempt: 1, at: '' });
  expect(counts()).toMatchObject({ totalMs: 150, verdicts: { success: 1, timeout: 1, failed: 0 } });
});
