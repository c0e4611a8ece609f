/** Looking at environments. Students see what grades; staff also sees why the others do not. */
import { z } from 'zod';
import { verb } from '../../model/verb.ts';
import type { Images } from '../../ports/engine/images.ts';
import { type Actor, can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { refuse } from '../../rules/problems.ts';
import { audienceOf, seenBy, seenPerName } from './audience.ts';
import type { Environment, EnvironmentCatalogue } from './environment.ts';
import {
  engineStateSchema,
  environmentSchema,
  historyStepSchema,
  runsAsSchema,
  seenEnvironmentSchema,
} from './environment-schemas.ts';
import { runsAs } from './runs-as.ts';

type Deps<K extends keyof EnvironmentCatalogue> = { environments: Pick<EnvironmentCatalogue, K> };

/** What students read instead of a reason for staff. */
const withheld = z.string().max(300).default('');

export const seeEnvironments = verb({
  input: z.strictObject({ withheld }),
  output: z.object({
    /** Each image that this user may see; for students, one per name. */
    images: z.array(environmentSchema),
    /** One per name, without hidden ones. */
    names: z.array(seenEnvironmentSchema),
    engine: engineStateSchema,
  }),
  refuses: [],
  run({ environments }: Deps<'list' | 'engine'>, who: Actor, given) {
    const audience = audienceOf(who);
    const names = seenPerName(environments, audience, given.withheld);
    const images = {
      operators: () => environments.list(),
      staff: () => environments.list().filter(({ advertised }) => advertised),
      everyone: () => names.map(({ environment }) => environment),
    };
    return { images: images[audience](), names, engine: environments.engine() };
  },
});

const rivalSchema = z.object({ image: z.string(), name: z.string(), reason: z.string() });

/** Other images that claim one of its names and do not get it. */
function rivalsOf(found: Environment, list: readonly Environment[]): z.infer<typeof rivalSchema>[] {
  const names = new Set([found.name, ...found.aliases]);
  return list
    .filter((one) => one.digest !== found.digest)
    .flatMap(({ image, lost }) =>
      lost.filter(({ name }) => names.has(name)).map(({ name, reason }) => ({ image, name, reason })),
    );
}

/** name: a grading name or an alias. Hidden environments are shown, too. */
export const showEnvironment = verb({
  input: z.strictObject({ name: z.string(), withheld }),
  output: seenEnvironmentSchema.extend({
    runsAs: runsAsSchema,
    /** Empty for students. */
    rivals: z.array(rivalSchema),
  }),
  refuses: [],
  run({ environments }: Deps<'list' | 'find' | 'suggest' | 'engine'>, who: Actor, given) {
    const found = environments.find(given.name);
    if (!found) {
      const suggestion = environments.suggest?.(given.name) ?? null;
      return refuse('no-environment', { environment: given.name, suggestion });
    }
    const audience = audienceOf(who);
    const names = seenPerName(environments, audience, given.withheld);
    return {
      environment: seenBy(audience, found, environments.engine(), given.withheld),
      beside: names.find(({ environment }) => environment.name === found.name)?.beside ?? [],
      runsAs: runsAs(found),
      rivals: audience === 'everyone' ? [] : rivalsOf(found, environments.list()),
    };
  },
});

type LayerDeps = {
  environments: { find(name: string): Environment | null | Promise<Environment | null> };
  images: Pick<Images, 'inspect' | 'history'>;
};

/** The steps that made an image. name: of an environment or an image. */
export const listLayers = verb({
  input: z.strictObject({ name: z.string().max(600) }),
  output: z.array(historyStepSchema),
  refuses: ['layers-are-for-teachers'],
  // The commands of layers may contain what was written into a Dockerfile.
  may(who: Actor) {
    if (!can(who, 'build-environments', null)) refuse('layers-are-for-teachers', {});
  },
  async run({ environments, images }: LayerDeps, _who: Actor, { name }) {
    const found = await environments.find(name);
    if (found || (await images.inspect(name)) !== null) return images.history(found?.digest ?? name);
    throw new GradeportError('not-found', `There is no environment and no image "${name}".`);
  },
});
