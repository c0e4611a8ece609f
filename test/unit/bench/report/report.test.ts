import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../../bench/machine.ts';
import { report } from '../../../../bench/report/report.ts';
import {
  allFailed,
  type Measures,
  measuresOf,
  timeMeasure,
  withRatios,
} from '../../../../bench/report/results.ts';
import { text } from '../../../../bench/report/table.ts';
import { targetsOf } from '../../../../bench/report/targets.ts';

const machine: Machine = {
  processors: '2 × a processor',
  memory: '4.0 GiB',
  kernel: 'Linux 6.1',
  engine: 'docker 20.10, overlay2, cgroup v1',
  runtimes: 'crun, runc',
  disk: 'ext4',
  node: 'v24',
};

const time = (title: string, ms: number) => timeMeasure(title, [ms]);

const measures: Measures = withRatios({
  'docker-run': time('docker run', 200),
  'warm-trivial': time('warm, trivial', 8),
  'warm-c': time('warm C', 60),
  'c-by-itself': time('C alone', 45),
  'throughput-trivial-2': { title: '200 queued', perSecond: 21.5, median: 4000, p95: 9000, n: 200 },
  'memory-crun-student': { title: 'slot on crun', mib: 20, n: 10, parts: { programs: 15, shims: 5 } },
  'click-to-verdict': { title: 'click', failed: 'there is no browser | here' },
});

const target = (what: string) => targetsOf(measures).find((each) => each.what.startsWith(what));

describe('ratios', () => {
  test('say how many times as fast as docker run in the same run', () => {
    expect(measures['warm-trivial']).toMatchObject({ median: 8, ratioToDockerRun: 25 });
    expect(measures['docker-run']).toMatchObject({ ratioToDockerRun: 1 });
  });

  test('are unknown without a docker run', () => {
    expect(withRatios({ a: time('a', 8) })).toEqual({ a: { ...time('a', 8), ratioToDockerRun: null } });
  });
});

describe('a measure without samples', () => {
  test('is reported as failed, with the reason', () => {
    const samples = { values: new Map([['a', [1, 2, 3]]]), failed: new Map([['b', 'no such image']]) };
    const found = measuresOf({ a: 'A', b: 'B', 'b-too': 'B too' }, samples);
    expect(found['a']).toMatchObject({ median: 2, n: 3 });
    expect(found['b']).toEqual({ title: 'B', failed: 'no such image' });
    expect(found['b-too']).toEqual({ title: 'B too', failed: 'no such image' });
    expect(allFailed({ a: 'A' }, new Error('away'))).toEqual({ a: { title: 'A', failed: 'away' } });
  });
});

describe('targets', () => {
  test('are reached, missed, or not measured', () => {
    expect(target('warm trivial grader, submit')).toMatchObject({ found: '8.00 ms', reached: true });
    expect(target('warm trivial grader, compared')).toMatchObject({ found: '25.0 × as fast', reached: true });
    expect(target('C compile')).toMatchObject({ found: '15.0 ms', reached: false });
    expect(target('throughput, trivial')).toMatchObject({ found: '21.5 runs/s', reached: true });
    expect(target('click')).toMatchObject({ found: null, reached: null });
    expect(target('a run with 100,000')).toMatchObject({ found: null, reached: null });
  });

  test('of growth take the worst pair', () => {
    const pairs = { 'store-task-100': time('', 2), 'store-task-100000': time('', 4) };
    const more = { 'store-warm-run-100': time('', 8), 'store-warm-run-100000': time('', 8.8) };
    const all = targetsOf({ ...pairs, ...more });
    expect(all.find(({ what }) => what.startsWith('a run with 100,000'))?.found).toBe('1.10 ×');
    expect(all.find(({ what }) => what.includes('slow down most'))).toMatchObject({
      found: '2.00 ×',
      reached: false,
    });
  });
});

describe('the report', () => {
  const written = report(measures, machine, '2026-01-02');

  test('has the machine, the date, the targets, every measure and every failure', () => {
    for (const words of ['2 × a processor', '2026-01-02', '**no**', 'not measured', 'npm run bench']) {
      expect(written.markdown).toContain(words);
    }
    for (const { title } of Object.values(measures)) expect(written.markdown).toContain(`| ${title} |`);
    expect(written.markdown).toContain('failed: there is no browser \\| here');
    expect(written.markdown).toContain('| 25.0 |');
  });

  test('has a plot of what there is, for light and dark', () => {
    const { svg } = written;
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg?.match(/class="warm" cx=/g)).toHaveLength(2);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('has no plot without anything to plot', () => {
    const bare = report({}, machine, '2026-01-02');
    expect(bare.svg).toBe(null);
    expect(bare.markdown).not.toContain('bench.svg');
  });

  test('fits a terminal as columns', () => {
    const lines = text(measures).split('\n');
    expect(lines[0]).toMatch(/^measure +median ms/);
    expect(lines.some((line) => /^warm, trivial +8\.00 +8\.00 +1 +25\.0$/.test(line))).toBe(true);
  });
});
