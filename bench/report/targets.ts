/** The targets of docs/performance.md, and whether they are met. Pure. */
import { DOCKER_RUN, isMemory, isRate, isTime, type Measure, type Measures } from './results.ts';

export type Target = {
  what: string;
  wanted: string;
  /** null: not measured. */
  found: string | null;
  reached: boolean | null;
};

/** A value computed from measures; null if one of them is missing or failed. */
type Value = (measures: Measures) => number | null;
type Spec = { what: string; wanted: string; unit: string; value: Value; holds(value: number): boolean };

const value =
  (name: string, read: (measure: Measure) => number | null): Value =>
  (measures) => {
    const measure = measures[name];
    return measure ? read(measure) : null;
  };

const medianOf = (name: string): Value => value(name, (each) => (isTime(each) ? each.median : null));
const rateOf = (name: string): Value => value(name, (each) => (isRate(each) ? each.perSecond : null));
const memoryOf = (name: string): Value => value(name, (each) => (isMemory(each) ? each.mib : null));

const combined =
  (first: Value, second: Value, combine: (a: number, b: number) => number): Value =>
  (measures) => {
    const [a, b] = [first(measures), second(measures)];
    return a === null || b === null ? null : combine(a, b);
  };
const quotient = (over: string, under: string): Value =>
  combined(medianOf(over), medianOf(under), (a, b) => a / b);

const atMost = (what: string, limit: number, unit: string, read: Value): Spec => ({
  what,
  wanted: `≤ ${limit} ${unit}`,
  unit,
  value: read,
  holds: (found) => found <= limit,
});
const atLeast = (what: string, limit: number, unit: string, read: Value): Spec => ({
  ...atMost(what, limit, unit, read),
  wanted: `≥ ${limit} ${unit}`,
  holds: (found) => found >= limit,
});

const SPECS: readonly Spec[] = [
  atMost('warm trivial grader, submit → verdict stored', 10, 'ms', medianOf('warm-trivial')),
  atLeast(
    'warm trivial grader, compared with `docker run --rm`',
    20,
    '× as fast',
    quotient(DOCKER_RUN, 'warm-trivial'),
  ),
  atMost('warm Python grader', 12, 'ms', medianOf('warm-python')),
  atMost('warm Python grader with one `run_student`', 16, 'ms', medianOf('warm-student')),
  atMost(
    'C compile + run through `run_student`, beyond the same by themselves',
    10,
    'ms',
    combined(medianOf('warm-c'), medianOf('c-by-itself'), (a, b) => a - b),
  ),
  atMost('own share of a warm run', 5, 'ms', medianOf('own-trivial')),
  atLeast('throughput, trivial, 2 at a time', 14, 'runs/s', rateOf('throughput-trivial-2')),
  atLeast('throughput, one `run_student`, 2 at a time', 7, 'runs/s', rateOf('throughput-student-2')),
  atMost(
    'memory per waiting slot with a student container, runc',
    25,
    'MiB',
    memoryOf('memory-runc-student'),
  ),
  atMost(
    'memory per waiting slot with a student container, crun',
    25,
    'MiB',
    memoryOf('memory-crun-student'),
  ),
  atMost('click → verdict rendered in Chromium, warm', 60, 'ms', medianOf('click-to-verdict')),
  atMost('a run with 1,000 images more', 1.5, '×', quotient('discovery-run-1000', 'discovery-run-0')),
  atMost(
    'the page of a task with 1,000 images more',
    1.5,
    '×',
    quotient('discovery-task-page-1000', 'discovery-task-page-0'),
  ),
  atMost(
    'a run with 100,000 submissions',
    1.5,
    '×',
    growth((name) => name.includes('warm-run')),
  ),
  atMost(
    'the page, answer or run that 100,000 submissions slow down most',
    1.5,
    '×',
    growth(() => true),
  ),
];

/** The worst of all pairs "few, many submissions in the store". */
function growth(wanted: (name: string) => boolean): Value {
  return (measures) => {
    const pairs = Object.keys(measures).filter(
      (name) => name.startsWith('store-') && name.endsWith('-100000') && wanted(name),
    );
    const factors = pairs.map((name) => quotient(name, name.replace(/-100000$/, '-100'))(measures));
    const known = factors.filter((factor) => factor !== null);
    return known.length < factors.length || known.length === 0 ? null : Math.max(...known);
  };
}

export const targetsOf = (measures: Measures): Target[] =>
  SPECS.map(({ what, wanted, unit, value: read, holds }) => {
    const found = read(measures);
    const shown = found === null ? null : `${show(found)} ${unit}`;
    return { what, wanted, found: shown, reached: found === null ? null : holds(found) };
  });

/** Rounds to the digits that are significant. */
export const show = (number: number): string =>
  Math.abs(number) >= 100
    ? number.toFixed(0)
    : Math.abs(number) >= 10
      ? number.toFixed(1)
      : number.toFixed(2);
