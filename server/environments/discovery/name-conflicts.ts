/**
 * Who gets a name. The rule, for every name that a task may ask for: the configuration's word first; then an
 * image's own name before an alias; of several the usable before the unusable, the newer before the older, and of
 * two as old as each other the one whose digest sorts first. Pure; the losers are told why.
 */
import type { Aliases, Environment } from './environment.ts';

type Claim = { environment: Environment; by: 'configuration' | 'name' | 'alias' };

/** Whoever claims this name, the one that gets it first. Without the configuration's word, which is not the images'. */
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

/** The list with the configuration's aliases written in, and with what each image lost. */
export function withNames(list: readonly Environment[], aliases: Aliases): Environment[] {
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
