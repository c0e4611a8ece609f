/** gradeport env update: pulls newer images, and rebuilds the images built on them. */

import type { JobNews } from '../../jobs/port.ts';
import type { Builder } from '../../ports/engine/builder.ts';
import { GradeportError } from '../../rules/errors.ts';
import { ROOT_IMAGE } from '../builds/bases/root-image.ts';
import { buildShippedEnvironments, type Planned, planShipped } from '../builds/bases/shipped-environments.ts';
import { PREFIX } from '../builds/source/recipes.ts';
import { readShipped, type ShippedEnvironment } from '../discovery/shipped.ts';
import type { ImagePolicy } from '../registries/policy.ts';
import { pull } from '../registries/pull.ts';
import type { SharingDeps } from '../registries/sharing-deps.ts';
import { type Freshness, readFreshness } from './outdated.ts';
import type { OwnBuild } from './own-builds.ts';
import {
  type KnownStep,
  planUpdate,
  type Updated,
  type UpdateNode,
  type UpdatePlan,
  type UpdateStep,
  type Updates,
  type Wanted,
} from './update-plan.ts';

export type UpdateDeps = SharingDeps & {
  builder: Builder;
  /** The folder of environments/. */
  shipped: string;
  own: () => Promise<OwnBuild[]>;
};

/** Asks the registries, and changes nothing. */
export async function readUpdatePlan(
  deps: UpdateDeps,
  wanted: Wanted,
  stopped: AbortSignal,
): Promise<UpdatePlan> {
  return planUpdate(await readNodes(deps, stopped), wanted);
}

async function readNodes(deps: UpdateDeps, stopped: AbortSignal): Promise<UpdateNode[]> {
  const [fresh, planned, own, images, announced] = await Promise.all([
    readFreshness(deps, stopped),
    planShipped(deps.images, deps.shipped, null),
    deps.own(),
    deps.images.list(),
    readShipped(deps.shipped),
  ]);
  const built = new Set([...planned.map(({ image }) => image), ...own.map(({ image }) => image)]);
  const root = images.find(({ tags }) => tags.includes(ROOT_IMAGE));
  return [
    ...fresh
      .filter(({ image }) => !built.has(image) && image !== ROOT_IMAGE)
      .map((one) => pulledNode(one, deps.policy)),
    ...(root ? [rootNode(fresh.find(({ id, image }) => id === root.id && image !== ROOT_IMAGE))] : []),
    ...planned.filter(({ state }) => state !== 'missing').map((one) => shippedNode(one, announced)),
    ...(await Promise.all(own.map((build) => ownNode(deps, build)))),
  ];
}

const withTag = (image: string): string => (/:[^/]*$/.test(image) ? image : `${image}:latest`);

function pulledNode({ image, name, state, reason }: Freshness, { requireDigest }: ImagePolicy): UpdateNode {
  const isRefused = state === 'outdated' && requireDigest;
  const pull =
    'This installation takes images only by digest (images.requireDigest): pull the new one yourself.';
  return {
    image,
    names: name === null ? [] : [name],
    how: state === 'unknown' || isRefused ? 'none' : 'pull',
    bases: [],
    outdated: state === 'outdated',
    reason: state === 'current' || state === 'pinned' ? '' : isRefused ? `${reason} ${pull}` : reason,
  };
}

/** The base of all shipped environments has two names if it was pulled: its own, and its registry's. */
const rootNode = (pulled: Freshness | undefined): UpdateNode => ({
  image: ROOT_IMAGE,
  names: [],
  how: pulled ? 'tag' : 'none',
  bases: pulled ? [pulled.image] : [],
  outdated: false,
  reason: pulled
    ? ''
    : `It was made here from Debian packages. To make it anew: docker image rm ${ROOT_IMAGE}, then npm start -- --setup-only`,
});

/** The names by which people request an environment: its folder, its grading name, or an alias. */
function shippedNode(
  { recipe, image, state }: Planned,
  announced: readonly ShippedEnvironment[],
): UpdateNode {
  const about = announced.find(({ folder }) => folder === recipe.name);
  return {
    image,
    names: [...new Set([recipe.name, ...(about ? [about.name, ...about.aliases] : [])])],
    how: 'rebuild',
    bases: [withTag(recipe.base)],
    outdated: state === 'stale',
    reason:
      state === 'stale' ? 'Its Dockerfile, or what it is built on, has changed since it was built.' : '',
  };
}

async function ownNode({ images }: UpdateDeps, { image, names, bases, root }: OwnBuild): Promise<UpdateNode> {
  const [own, base] = await Promise.all([images.inspect(image), root === null ? null : images.inspect(root)]);
  // The base was pulled or built by hand, or an update failed half way.
  const isBehind = own !== null && (base?.layers ?? []).some((layer, at) => own.layers[at] !== layer);
  return {
    image,
    names,
    how: 'rebuild',
    bases: bases.map(withTag),
    outdated: isBehind,
    reason: isBehind ? `It is built on an older ${root}.` : '',
  };
}

type Work = { deps: UpdateDeps; by: string | null; news: JobNews; stopped: AbortSignal };

/** A failed step holds up only the images built on its image. */
export async function update(work: Work, { steps, left }: UpdatePlan): Promise<Updated> {
  const { news, stopped } = work;
  const updated: Updated = { done: [], failed: [], left };
  for (const [index, step] of steps.entries()) {
    stopped.throwIfAborted();
    news.line(`${index + 1} of ${steps.length}: ${step.image} (${step.how}): ${step.why}`);
    news.progress({ step: step.image, done: index, total: steps.length });
    const error = brokenBase(step, updated) ?? (await attempt(work, step));
    if (error === null) updated.done.push(step);
    else updated.failed.push({ image: step.image, error });
    if (error !== null) news.line(error);
  }
  return updated;
}

function brokenBase({ bases }: UpdateStep, { failed }: Updated): string | null {
  const base = bases.find((name) => failed.some(({ image }) => image === name));
  return base === undefined ? null : `${base}, which it is built on, failed.`;
}

/** @returns what went wrong, in a sentence; null: it worked */
async function attempt(work: Work, step: UpdateStep): Promise<string | null> {
  try {
    await carryOut(work, step);
    return null;
  } catch (error) {
    work.stopped.throwIfAborted();
    if (error instanceof GradeportError && error.code !== 'internal') return error.message;
    throw error;
  }
}

async function carryOut({ deps, by, news, stopped }: Work, step: UpdateStep): Promise<void> {
  const { image, how, names, bases } = step;
  if (how === 'tag') return deps.images.tag(bases[0] ?? image, image);
  if (how === 'pull') {
    await pull(deps, { reference: image, any: names.length === 0, by, from: 'update' }, news, stopped);
    return;
  }
  const beganMs = Date.now();
  const own = (await deps.own()).find((build) => build.image === image);
  if (own) await own.build(by, news, stopped);
  else await buildShippedEnvironments(deps, deps.shipped, (_, line) => news.line(line), [recipeOf(image)]);
  const built = await deps.images.inspect(image);
  if (built) deps.announce(built.id, { by, from: 'update' }, beganMs);
}

const recipeOf = (image: string): string => image.slice(PREFIX.length).replace(/:latest$/, '');

/** The plan of an update and the update itself, for pages, API and commands. */
export function updatesOf(deps: UpdateDeps): Updates {
  let known: KnownStep[] = [];
  const withIds = async (steps: readonly UpdateStep[]): Promise<KnownStep[]> => {
    const images = await deps.images.list();
    const idOf = (image: string) => images.find(({ tags }) => tags.includes(image))?.id ?? null;
    return steps.map((step) => ({ ...step, id: idOf(step.image) }));
  };
  return {
    known: () => known,
    async plan(wanted, stopped) {
      const plan = await readUpdatePlan(deps, wanted, stopped);
      if (wanted === null) known = await withIds(plan.steps);
      return plan;
    },
    work: (wanted, by) => async (news, stopped) => {
      news.progress({ step: 'asking the registries', done: 0, total: null });
      const plan = await readUpdatePlan(deps, wanted, stopped);
      for (const { image, why } of plan.left) news.line(`${image} stays as it is: ${why}`);
      const updated = await update({ deps, by, news, stopped }, plan);
      known = known.filter(({ image }) => !updated.done.some((step) => step.image === image));
      return updated;
    },
  };
}
