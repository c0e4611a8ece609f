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

test('counts what ends, by verdict, and passes everything on in order', () => {
  const passed: string[] = [];
  const { publish, counts } = countRuns((runId, event) => void passed.push(`${runId} ${event.type}`));
  const events: RunEvent[] = [
    { type: 'queued' },
    { type: 'done', outcome: outcome('success', 100) },
    { type: 'done', outcome: outcome('timeout', 50) },
  ];
  for (const event of events) publish('r1', event);
  expect(passed).toEqual(['r1 queued', 'r1 done', 'r1 done']);
  expect(counts()).toMatchObject({ totalMs: 150, verdicts: { success: 1, timeout: 1, failed: 0 } });
});
