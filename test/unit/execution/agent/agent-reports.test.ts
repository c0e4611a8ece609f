/** What a container uses, from its agent and from its engine. */
import { expect, test } from 'vitest';
import { createReports } from '../../../../server/execution/agent/agent-reports.ts';
import { NO_USAGE } from '../../../../server/ports/engine/containers.ts';

const report = (change: object = {}) => ({
  type: 'usage',
  cpuMs: 10,
  memoryBytes: 1000,
  oomKills: 0,
  refusedForks: 0,
  missing: [],
  full: [],
  ...change,
});

test('other messages are not taken for reports', () => {
  expect(createReports().take({ type: 'ready' })).toBe(false);
});

test('nothing was used, and nothing is full, until an agent reports', () => {
  const reports = createReports();
  expect(reports.withEngine(null)).toEqual(NO_USAGE);
  expect(reports.isFull('student')).toBe(false);
});

test('the last report counts', () => {
  const reports = createReports();
  reports.take(report());
  reports.take(report({ cpuMs: 20, refusedForks: 3 }));
  expect(reports.withEngine(null)).toMatchObject({ cpuMs: 20, memoryBytes: 1000, refusedForks: 3 });
});

test('an engine that knows of more is believed: a program that is root could speak for its agent', () => {
  const reports = createReports();
  reports.take(report({ cpuMs: 0, memoryBytes: 0 }));
  const engine = { ...NO_USAGE, cpuMs: 5000, memoryBytes: 2000, oomKills: 1 };
  expect(reports.withEngine(engine)).toMatchObject({ cpuMs: 5000, memoryBytes: 2000, oomKills: 1 });
});

test('time for which programs waited for a processor does not count, where the engine knows it', () => {
  const reports = createReports();
  reports.take(report({ cpuMs: 9000 }));
  const engine = { ...NO_USAGE, cpuMs: 500, cpuAtMostMs: 900 };
  expect(reports.withEngine(engine).cpuMs).toBe(900);
  reports.take(report({ cpuMs: 700 }));
  expect(reports.withEngine(engine).cpuMs).toBe(700);
});

test.each([
  { cpuMs: -1 },
  { cpuMs: '9' },
  { memoryBytes: Number.NaN },
  { full: ['root'] },
  { full: ['task', 'task', 'task'] },
])('a report that is none is refused: %j', (change) => {
  expect(() => createReports().take(report(change))).toThrow();
});

test('a folder that was full counts as full, though it has room again before the next look', () => {
  const reports = createReports();
  reports.take(report({ full: ['student'] }));
  reports.take(report({ full: [] }));
  expect(reports.isFull('student')).toBe(true);
  expect(reports.isFull('task')).toBe(false);
});
