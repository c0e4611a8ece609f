/** How much an environment is used. Everyone who is signed in may know; runs are only counted. */
import { z } from 'zod';
import { verb } from '../model/verb.ts';
import type { Store } from '../ports/store.ts';
import type { Actor } from '../rules/access.ts';
import { refuse } from '../rules/problems.ts';
import type { EnvironmentCatalogue } from './discovery/environment.ts';
import { type DayUse, useOf } from './usage-per-day.ts';

type Deps = {
  environments: Pick<EnvironmentCatalogue, 'find'>;
  store: { runs: Pick<Store['runs'], 'count' | 'pluck'> };
  clock: () => number;
};

const dayUseSchema = z.object({
  day: z.string(),
  runs: z.int(),
  medianMs: z.number().nullable(),
  p95Ms: z.number().nullable(),
}) satisfies z.ZodType<DayUse>;

/** Runs per day and their times to the verdict. name: a grading name or an alias. */
export const showUse = verb({
  input: z.strictObject({ name: z.string() }),
  output: z.array(dayUseSchema),
  refuses: [],
  run({ environments, store, clock }: Deps, _who: Actor, { name }) {
    const found = environments.find(name) ?? refuse('no-environment', { environment: name });
    return useOf(store.runs, found.name, clock());
  },
});
