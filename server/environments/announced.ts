/** The rule from images to environments: who is listed, who wins a name, what runs it. Pure. */
import type { ImageSummary } from '../engine/port.ts';
import type { Aliases, Environment } from './environment.ts';
import { readLabels } from './labels.ts';
import { withNames } from './names.ts';
import { chooseRuntime, type RuntimeTable } from './runtimes.ts';

/** Every image that announces itself, sorted by name, the one that grades first. */
export function listEnvironments(
  images: readonly ImageSummary[],
  runtimes: readonly string[],
  table: RuntimeTable,
  aliases: Aliases = {},
): Environment[] {
  const all = images.flatMap((image) => toEnvironment(image, runtimes, table) ?? []);
  all.sort(
    (a, b) =>
      a.name.localeCompare(b.name) || b.created.localeCompare(a.created) || a.digest.localeCompare(b.digest),
  );
  const taken = new Map<string, Environment>();
  const named = all.map((environment) => {
    // A faulty image does not take the name: it would only be in the way.
    if (environment.runtime === null) return environment;
    const newer = taken.get(environment.name);
    if (newer === undefined) {
      taken.set(environment.name, environment);
      return environment;
    }
    const reason = `A newer image announces the same name: ${newer.image}. Remove one, or change a label.`;
    return { ...environment, runtime: null, available: false, reason };
  });
  return withNames(named, aliases);
}

function toEnvironment(
  image: ImageSummary,
  runtimes: readonly string[],
  table: RuntimeTable,
): Environment | null {
  const announced = readLabels(image.labels);
  if (!announced) return null;
  const { fault, ...about } = announced;
  const choice =
    fault === null ? chooseRuntime(announced, runtimes, table) : { runtime: null, reason: fault };
  return {
    ...about,
    image: image.tags[0] ?? image.id.slice(0, 19),
    digest: image.id,
    size: image.size,
    created: new Date(image.created).toISOString(),
    runtime: choice.runtime,
    reason: choice.reason,
    available: choice.runtime !== null,
    lost: [],
  };
}

/** The one that this name or alias leads to; null when nobody claims it, or the configuration leads nowhere. */
export function findEnvironment(list: readonly Environment[], name: string): Environment | null {
  const claims = (one: Environment) => one.name === name || one.aliases.includes(name);
  return list.find((one) => claims(one) && !one.lost.some((lost) => lost.name === name)) ?? null;
}
