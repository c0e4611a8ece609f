/**
 * Takes samples of several things in turn, so that other work on the machine affects all alike.
 * Each round begins with another sampler, so that none always follows the same one.
 */

/** Values by measure: one sample may have several. */
export type Sample = Readonly<Record<string, number>>;

export type Sampler = {
  name: string;
  /** Awaited before each sample, not measured. */
  prepare?(): Promise<void>;
  sample(): Promise<Sample>;
};

export type Samples = {
  values: Map<string, number[]>;
  /** Sampler → why it gave up. Its earlier samples are not counted. */
  failed: Map<string, string>;
};

export type InterleaveOptions = {
  samples: number;
  /** Rounds that do not count, in which caches fill and pools grow. */
  warmUp?: number;
  signal: AbortSignal;
  progress?(round: number, of: number): void;
};

export async function interleave(
  samplers: readonly Sampler[],
  { samples, warmUp = 1, signal, progress = () => {} }: InterleaveOptions,
): Promise<Samples> {
  const values = new Map<string, number[]>();
  const failed = new Map<string, string>();
  const measuresOfSampler = new Map<string, Set<string>>();
  for (let round = 0; round < samples + warmUp; round += 1) {
    progress(round, samples + warmUp);
    for (const sampler of turned(samplers, round)) {
      signal.throwIfAborted();
      if (failed.has(sampler.name)) continue;
      const sample = await attempt(sampler, signal, failed);
      if (sample === null || round < warmUp) continue;
      keep(values, sample);
      measuresOfSampler.set(sampler.name, new Set(Object.keys(sample)));
    }
  }
  for (const name of failed.keys())
    for (const measure of measuresOfSampler.get(name) ?? []) values.delete(measure);
  return { values, failed };
}

async function attempt(
  sampler: Sampler,
  signal: AbortSignal,
  failed: Map<string, string>,
): Promise<Sample | null> {
  try {
    await sampler.prepare?.();
    return await sampler.sample();
  } catch (error) {
    // Ctrl-C also ends child processes: their errors then are not failures.
    signal.throwIfAborted();
    failed.set(sampler.name, firstLine(error));
    return null;
  }
}

/** The first line only: libraries put stacks into their messages. */
export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

function keep(values: Map<string, number[]>, sample: Sample): void {
  for (const [name, value] of Object.entries(sample)) {
    values.set(name, [...(values.get(name) ?? []), value]);
  }
}

/** Rotates the samplers, so that each round begins with another one. */
export function turned<T>(list: readonly T[], round: number): T[] {
  const by = list.length === 0 ? 0 : round % list.length;
  return [...list.slice(by), ...list.slice(0, by)];
}
