import { expect, test } from 'vitest';
import { emptyReport } from '../../../../grading-api/report.ts';
import type { Outcome } from '../../../../server/model/collections.ts';
import { createMeters } from '../../../../server/site/api/meters.ts';
import { readExposition } from '../../../support/http/exposition.ts';

const outcome = (verdict: Outcome['verdict'], timings: Partial<Outcome['timings']>): Outcome => ({
  verdict,
  result: 'success',
  grade: 100,
  summary: '',
  report: emptyReport,
  details: '',
  sharedContainer: false,
  output: { head: '', tail: '', omittedBytes: 0 },
  timings: { startMs: 0, graderMs: 0, programMs: 0, totalMs: 0, ...timings },
  used: { cpuMs: 0, wallMs: 0, memoryBytes: 0, outputBytes: 0 },
});
const environment = { name: 'c', image: 'c', digest: 'd', runtime: 'runc', reason: '' };

function open() {
  let now = 0;
  const meters = createMeters({ clock: () => now, ofProcess: false });
  const read = async () => readExposition(await meters.registry.metrics());
  const wait = (ms: number) => {
    now += ms;
  };
  return { ...meters, read, wait };
}

test('runs are counted by verdict, and their time is added up', async () => {
  const { saw, read } = open();
  saw('r1', { type: 'done', outcome: outcome('success', { totalMs: 100 }) });
  saw('r2', { type: 'done', outcome: outcome('timeout', { totalMs: 50 }) });
  const { value } = await read();
  expect(value('gradeport_runs_total{verdict="success"}')).toBe(1);
  expect(value('gradeport_runs_total{verdict="timeout"}')).toBe(1);
  expect(value('gradeport_runs_total{verdict="failed"}')).toBe(0);
  expect(value('gradeport_run_seconds_total')).toBeCloseTo(0.15);
});

test('the queue is measured from queueing to taking, also a second time', async () => {
  const { saw, read, wait } = open();
  saw('r1', { type: 'queued', position: 0 });
  wait(700);
  saw('r1', { type: 'starting', attempt: 1, environment });
  saw('r1', { type: 'requeued', reason: '' });
  wait(4000);
  saw('r1', { type: 'starting', attempt: 2, environment });
  // Queued by an earlier process: how long it waited is not known here.
  saw('r2', { type: 'starting', attempt: 2, environment });
  const { value } = await read();
  expect(value('gradeport_run_queue_seconds_count')).toBe(2);
  expect(value('gradeport_run_queue_seconds_sum')).toBeCloseTo(4.7);
  expect(value('gradeport_run_queue_seconds_bucket{le="0.5"}')).toBe(0);
  expect(value('gradeport_run_queue_seconds_bucket{le="1"}')).toBe(1);
});

test('start and grading are measured of runs that had a container', async () => {
  const { saw, read } = open();
  saw('r1', { type: 'done', outcome: outcome('success', { startMs: 8, graderMs: 300, totalMs: 310 }) });
  saw('r2', { type: 'done', outcome: outcome('killed', {}) });
  const { value } = await read();
  expect(value('gradeport_container_start_seconds_count')).toBe(1);
  expect(value('gradeport_container_start_seconds_bucket{le="0.01"}')).toBe(1);
  expect(value('gradeport_grading_seconds_sum')).toBeCloseTo(0.3);
});

test('pages are measured by view', async () => {
  const { rendered, read } = open();
  rendered('run', 3);
  expect((await read()).value('gradeport_render_seconds_bucket{le="0.005",view="run"}')).toBe(1);
});

test('what is measured of the process has its usual names', async () => {
  const { registry } = createMeters({ clock: Date.now, ofProcess: true });
  const { value } = readExposition(await registry.metrics());
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  expect(value('nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
});
