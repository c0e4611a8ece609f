/** Numbers from samples. Pure. */

export type Summary = { median: number; p95: number; n: number };

/** The smallest sample that at least this share of all samples does not exceed (nearest rank). */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new RangeError('There are no samples.');
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const upper = percentile(samples, 0.5 + 0.5 / samples.length);
  return samples.length % 2 === 1 ? upper : (percentile(samples, 0.5) + upper) / 2;
}

export const summarise = (samples: readonly number[]): Summary => ({
  median: round(median(samples)),
  p95: round(percentile(samples, 0.95)),
  n: samples.length,
});

/** Three digits after the point: a microsecond, far below what any of this can tell apart. */
export const round = (value: number): number => Math.round(value * 1000) / 1000;
