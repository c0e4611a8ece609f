/**
 * Which image gets a name. Among images of one grading name a history decides; without one, the newest that can be
 * used. Then, for every name that a task may ask for: the configuration first; an image's own name before an
 * alias; of several the usable before the unusable, the newer before the older, and of two as old as each other the one
 * whose digest sorts first. Pure; each loser carries the reason.
 */
import type { Aliases, Environment } from './environment.ts';
import type { EnvironmentImage } from './environments-of-images.ts';

/** What the history says about the images of one grading name. */
export type WhoGrades = {
  /** Whether the history decides which image grades under this name; otherwise the newest one does. */
  knows(name: string): boolean;
  grades(environment: Pick<Environment, 'name' | 'digest'>): boolean;
  /** The winner with its samples' result, and the update that waits. */
  described(winner: Environment): Environment;
  /** The loser's state and why it does not grade; null: the history does not know it. */
  whyNot(loser: Environment, winner: Environment | null): WhyNot | null;
};
export type WhyNot = { revision: NonNullable<Environment['revision']>; reason: string };

export const NEWEST_GRADES: WhoGrades = {
  knows: () => false,
  grades: () => false,
  described: (winner) => winner,
  whyNot: () => null,
};

/** Sorted by name; where a history decides, the image that grades comes first. */
export function listEnvironments(
  images: readonly EnvironmentImage[],
  aliases: Aliases = {},
  who: WhoGrades = NEWEST_GRADES,
): Environment[] {
  const shown = images.filter(({ environment, tags }) => tags.length > 0 || who.grades(environment));
  const byName = Map.groupBy(shown, ({ environment }) => environment.name);
  const named = [...byName.values()].flatMap((rivals) => {
    const all = rivals.map(({ environment }) => environment);
    const winner = winnerOf(all, who);
    const isDecided = winner !== undefined && who.knows(winner.name);
    const ordered = isDecided ? [winner, ...all.filter((one) => one !== winner)] : all;
    return ordered.map((one) => (one === winner ? who.described(one) : losing(one, winner, who)));
  });
  return withNames(named, aliases);
}

function winnerOf(rivals: readonly Environment[], who: WhoGrades): Environment | undefined {
  const [first] = rivals;
  // A faulty image does not take the name: it would only block it.
  return first && who.knows(first.name)
    ? rivals.find((one) => who.grades(one))
    : rivals.find(({ runtime }) => runtime !== null);
}

function losing(loser: Environment, winner: Environment | undefined, who: WhoGrades): Environment {
  // The image's own fault says more.
  if (loser.runtime === null) return loser;
  const newer = `A newer image announces the same name: ${winner?.image}. Remove one, or change a label.`;
  const why = who.whyNot(loser, winner ?? null) ?? { reason: newer };
  return { ...loser, runtime: null, available: false, ...why };
}

type Claim = { environment: Environment; by: 'configuration' | 'name' | 'alias' };

/** All environments that claim this name by their labels, the winner first. Ignores the configuration. */
function claimsByLabels(list: readonly Environment[], name: string): Claim[] {
  const claims = list.flatMap((environment): Claim[] => {
    if (environment.name === name) return [{ environment, by: 'name' }];
    return environment.aliases.includes(name) ? [{ environment, by: 'alias' }] : [];
  });
  return claims.sort((a, b) => rank(a) - rank(b) || byAge(a.environment, b.environment));
}

const isUsable = ({ runtime }: Environment): boolean => runtime !== null;
const rank = ({ environment, by }: Claim): number =>
  (isUsable(environment) ? 0 : 2) + (by === 'name' ? 0 : 1);
const byAge = (a: Environment, b: Environment): number =>
  b.created.localeCompare(a.created) || a.digest.localeCompare(b.digest);

/** The list with the configuration's aliases added, and with the names that each image lost. */
function withNames(list: readonly Environment[], aliases: Aliases): Environment[] {
  const given = new Map(Object.entries(aliases).map(([name, to]) => [name, claimsByLabels(list, to)[0]]));
  const winners = new Map<string, Claim | undefined>();
  const winnerOf = (name: string): Claim | undefined => {
    if (!winners.has(name)) winners.set(name, given.get(name) ?? claimsByLabels(list, name)[0]);
    return winners.get(name);
  };
  return list.map((environment) => {
    const fromConfig = [...given].flatMap(([name, to]) => (to?.environment === environment ? [name] : []));
    const extra = fromConfig.filter((name) => name !== environment.name);
    const names = new Set([environment.name, ...environment.aliases, ...extra]);
    const lost = [...names].flatMap((name) => {
      if (given.has(name)) {
        const to = given.get(name)?.environment;
        return to === environment ? [] : [{ name, reason: byConfiguration(name, aliases[name], to) }];
      }
      const winner = winnerOf(name);
      return !winner || winner.environment === environment
        ? []
        : [{ name, reason: why(name, winner, environment) }];
    });
    return { ...environment, aliases: [...names].slice(1), lost };
  });
}

function byConfiguration(name: string, to: string | undefined, winner: Environment | undefined): string {
  const where = winner ? winner.image : 'no image, because none announces that name';
  return `"${name}" is given to "${to}" by the configuration's aliases: ${where}.`;
}

function why(name: string, winner: Claim, loser: Environment): string {
  const { image } = winner.environment;
  if (!isUsable(loser))
    return `"${name}" leads to ${image}, because this image cannot be used: ${loser.reason}`;
  if (winner.by === 'name' && loser.name !== name) {
    return `"${name}" leads to ${image}: it is that image's own name, which counts before an alias.`;
  }
  return `"${name}" leads to ${image}, which is newer. Remove one of the images, change a label, or decide with aliases in the configuration.`;
}
