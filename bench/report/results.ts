/** The results of a benchmark run: one object per measure, by name. */

import { type Summary, summarise } from '../../server/rules/statistics.ts';
import { firstLine, type Samples } from './interleave.ts';

/** Milliseconds. ratioToDockerRun: how many times as fast as `docker run --rm` of the same image in this run. */
export type TimeMeasure = Summary & { title: string; ratioToDockerRun: number | null };
/** Latency (ms) from a run's own submission to its verdict, all of them queued at once. */
export type RateMeasure = Summary & { title: string; perSecond: number };
export type MemoryMeasure = { title: string; mib: number; n: number; parts: Record<string, number> };
export type FailedMeasure = { title: string; failed: string };
export type Measure = TimeMeasure | RateMeasure | MemoryMeasure | FailedMeasure;
export type Measures = Record<string, Measure>;

export const DOCKER_RUN = 'docker-run';
/** Taken in turn with the runs on each way, so it is what those are compared with. */
export const OF_WAYS = 'ways-';
export const DOCKER_RUN_BESIDE_WAYS = `${OF_WAYS}docker-run`;

export const isTime = (measure: Measure): measure is TimeMeasure => 'ratioToDockerRun' in measure;
export const isRate = (measure: Measure): measure is RateMeasure => 'perSecond' in measure;
export const isMemory = (measure: Measure): measure is MemoryMeasure => 'mib' in measure;
export const isFailed = (measure: Measure): measure is FailedMeasure => 'failed' in measure;

export const timeMeasure = (title: string, samples: readonly number[]): TimeMeasure => ({
  title,
  ...summarise(samples),
  ratioToDockerRun: null,
});

/** @param titles measure → title; a measure without samples failed, with its sampler's reason if known */
export function measuresOf(titles: Readonly<Record<string, string>>, { values, failed }: Samples): Measures {
  const reasons = [...new Set(failed.values())].join('; ') || 'no sample was taken';
  const entries = Object.entries(titles).map(([name, title]): [string, Measure] => {
    const samples = values.get(name);
    if (samples) return [name, timeMeasure(title, samples)];
    return [name, { title, failed: failed.get(name) ?? reasons }];
  });
  return Object.fromEntries(entries);
}

/** The ratio is given only for measures of whole runs; for a page it would mean nothing. */
const COMPARABLE =
  /^(docker-run|ways-|cold-|warm-|c-by-itself|click-|discovery-run-|store-warm-run-|database-run-)/;

/** Fills in the ratios, once all results of a run are known. */
export function withRatios(measures: Measures): Measures {
  const medianOf = (name: string) => {
    const docker = measures[name];
    return docker && isTime(docker) ? docker.median : null;
  };
  const entries = Object.entries(measures).map(([name, measure]): [string, Measure] => {
    const base = medianOf(name.startsWith(OF_WAYS) ? DOCKER_RUN_BESIDE_WAYS : DOCKER_RUN);
    if (!isTime(measure) || !COMPARABLE.test(name) || base === null) return [name, measure];
    return [name, { ...measure, ratioToDockerRun: Math.round((base / measure.median) * 100) / 100 }];
  });
  return Object.fromEntries(entries);
}

export function allFailed(titles: Readonly<Record<string, string>>, error: unknown): Measures {
  const failed = firstLine(error);
  return Object.fromEntries(Object.entries(titles).map(([name, title]) => [name, { title, failed }]));
}
