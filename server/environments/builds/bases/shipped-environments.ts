/** Builds the environments that come with Gradeport if they are missing or their Dockerfile changed. */
import { createHash } from 'node:crypto';
import type { Engine } from '../../../ports/engine/engine.ts';
import type { Images } from '../../../ports/engine/images.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { PREFIX, type Recipe, readRecipes, withBases } from '../source/recipes.ts';
import { ROOT_IMAGE } from './root-image.ts';

/** The label with the hash of the recipe an image was built from; the hash includes the recipe of its base. */
export const RECIPE_LABEL = 'org.gradeport.recipe';

/** What the demo course needs: a first start builds no more, so that it takes two minutes. */
export const DEMO_ENVIRONMENTS: readonly string[] = ['default', 'c', 'java', 'sandbox-root'];

export type Planned = {
  recipe: Recipe;
  image: string;
  whole: string;
  /** stale: the image exists, but was built from another Dockerfile or on another base. */
  state: 'missing' | 'stale' | 'current';
};

/** @param wanted null: all of the folder */
export async function planShipped(
  images: Images,
  folder: string,
  wanted: readonly string[] | null,
): Promise<Planned[]> {
  const recipes = await readRecipes(folder);
  const present = await images.list();
  const root = present.find(({ tags }) => tags.includes(ROOT_IMAGE))?.id ?? '';
  const hashes = new Map<string, string>();
  return withBases(recipes, wanted ?? recipes.map(({ name }) => name)).map((recipe) => {
    const image = `${PREFIX}${recipe.name}`;
    const whole = createHash('sha256')
      .update(recipe.hash)
      .update(hashes.get(recipe.base) ?? root)
      .digest('hex');
    hashes.set(image, whole);
    const built = present.find(({ tags }) => tags.includes(`${image}:latest`));
    const state = !built ? 'missing' : built.labels[RECIPE_LABEL] === whole ? 'current' : 'stale';
    return { recipe, image: `${image}:latest`, whole, state };
  });
}

/** Called for every line of every build; at and of count the images of this request. */
export type OnBuildLine = (name: string, line: string, at: number, of: number) => void;

/** One that was not built, because its build failed or that of an image below it. */
export type FailedBuild = Pick<Planned, 'recipe' | 'state'> & {
  error: unknown;
  /** The folder whose build failed: its own, or that of the image below. */
  cause: string;
};

/**
 * Builds what is missing or has changed; a failed build holds up only the images built on it.
 * @returns the names that were built, and what failed; the others existed already.
 */
export async function tryShippedEnvironments(
  { images, builder }: Pick<Engine, 'images' | 'builder'>,
  folder: string,
  onLine: OnBuildLine,
  wanted: readonly string[] | null = DEMO_ENVIRONMENTS,
  stopped?: AbortSignal,
): Promise<{ built: string[]; failed: FailedBuild[] }> {
  const todo = (await planShipped(images, folder, wanted)).filter(({ state }) => state !== 'current');
  if (todo.length > 0) await requireRoot(images);
  const failed = new Map<string, FailedBuild>();
  for (const [index, { recipe, image, whole, state }] of todo.entries()) {
    const below = failed.get(recipe.base);
    if (below) {
      failed.set(nameOf(recipe), { ...below, recipe, state });
      continue;
    }
    const news = {
      line: (line: string) => onLine(recipe.name, line, index + 1, todo.length),
      step: () => {},
    };
    // The recipes are our own, and they install Debian's packages.
    const ours = {
      labels: { [RECIPE_LABEL]: whole },
      network: true,
      limits: null,
      ...(stopped && { stopped }),
    };
    await builder
      .build({ folder: recipe.folder, tag: image, ...ours }, news)
      .catch((error: unknown) => failed.set(nameOf(recipe), { recipe, state, error, cause: recipe.name }));
  }
  const built = todo.filter(({ recipe }) => !failed.has(nameOf(recipe)));
  return { built: built.map(({ recipe }) => recipe.name), failed: [...failed.values()] };
}

/** The same, where a failed build is an error: it is thrown once all others are done. */
export async function buildShippedEnvironments(
  ...request: Parameters<typeof tryShippedEnvironments>
): Promise<string[]> {
  const { built, failed } = await tryShippedEnvironments(...request);
  if (failed.length > 0) throw togetherOf(failed);
  return built;
}

const nameOf = ({ name }: Recipe): string => PREFIX + name;

/** Each reason once, with the images that it cost; one of the engine's own keeps its code (unreachable, no space). */
export function togetherOf(failed: readonly FailedBuild[]): Error {
  const reasons = [...new Set(failed.map(({ error }) => error))];
  const [first] = reasons;
  const words = reasons.map((error) => (error instanceof Error ? error.message : String(error)));
  const sentence = `Not built: ${failed.map(({ recipe }) => nameOf(recipe)).join(', ')}.\n${words.join('\n')}`;
  const code = first instanceof GradeportError ? first.code : 'internal';
  return new GradeportError(code, sentence, { cause: first });
}

async function requireRoot(images: Images): Promise<void> {
  if ((await images.list()).some(({ tags }) => tags.includes(ROOT_IMAGE))) return;
  throw new GradeportError(
    'not-found',
    `The image ${ROOT_IMAGE}, which all of these are built on, is missing. "npm start -- --setup-only" makes it.`,
  );
}
