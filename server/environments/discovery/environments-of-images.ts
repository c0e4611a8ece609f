/** The rule from images to environments: who is listed, who wins a name, what runs it. Pure. */
import type { ImageSummary } from '../../ports/images.ts';
import { isKeptName } from '../revisions/revision-tags.ts';
import { type Decisions, NO_HISTORY } from '../revisions/which-revision-grades.ts';
import type { Aliases, Environment } from './environment.ts';
import { readLabels } from './labels.ts';
import { withNames } from './name-conflicts.ts';
import { chooseRuntime, type RuntimeTable } from './runtimes.ts';

/** An image that announces itself, as if it were the only one of its name. */
export type Announced = {
  environment: Environment;
  /** References that people gave it; none: only names of ours keep it. */
  tags: string[];
  /** Those, of any installation. */
  kept: string[];
};

/** Every image that announces itself, sorted by name, the newest first. */
export function announcedBy(
  images: readonly ImageSummary[],
  runtimes: readonly string[],
  table: RuntimeTable,
): Announced[] {
  const all = images.flatMap((image) => toAnnounced(image, runtimes, table) ?? []);
  return all.sort(({ environment: a }, { environment: b }) => byNameAndAge(a, b));
}

const byNameAndAge = (a: Environment, b: Environment): number =>
  a.name.localeCompare(b.name) || b.created.localeCompare(a.created) || a.digest.localeCompare(b.digest);

/** Every image that announces itself, sorted by name, the one that grades first. */
export function listEnvironments(
  images: readonly ImageSummary[],
  runtimes: readonly string[],
  table: RuntimeTable,
  aliases: Aliases = {},
): Environment[] {
  return listAnnounced(announcedBy(images, runtimes, table), aliases, NO_HISTORY);
}

/** Where a history decides, the revision it names has the name; else the newest that can be used. */
export function listAnnounced(
  announced: readonly Announced[],
  aliases: Aliases,
  decisions: Decisions,
): Environment[] {
  const shown = announced.filter(({ environment, tags }) => tags.length > 0 || decisions.grades(environment));
  const byName = Map.groupBy(shown, ({ environment }) => environment.name);
  const named = [...byName.values()].flatMap((rivals) => {
    const all = rivals.map(({ environment }) => environment);
    const winner = winnerOf(all, decisions);
    const isDecided = winner !== undefined && decisions.knows(winner.name);
    const ordered = isDecided ? [winner, ...all.filter((one) => one !== winner)] : all;
    return ordered.map((one) => (one === winner ? decisions.described(one) : losing(one, winner, decisions)));
  });
  return withNames(named, aliases);
}

function winnerOf(rivals: readonly Environment[], decisions: Decisions): Environment | undefined {
  const [first] = rivals;
  // A faulty image does not take the name: it would only be in the way.
  return first && decisions.knows(first.name)
    ? rivals.find((one) => decisions.grades(one))
    : rivals.find(({ runtime }) => runtime !== null);
}

function losing(loser: Environment, winner: Environment | undefined, decisions: Decisions): Environment {
  // It has a fault of its own, which says more.
  if (loser.runtime === null) return loser;
  const newer = `A newer image announces the same name: ${winner?.image}. Remove one, or change a label.`;
  const why = decisions.whyNot(loser, winner ?? null) ?? { reason: newer };
  return { ...loser, runtime: null, available: false, ...why };
}

function toAnnounced(
  image: ImageSummary,
  runtimes: readonly string[],
  table: RuntimeTable,
): Announced | null {
  const announced = readLabels(image.labels);
  if (!announced) return null;
  const { fault, ...about } = announced;
  const { kept = [], tags = [] } = Object.groupBy(image.tags, (tag) => (isKeptName(tag) ? 'kept' : 'tags'));
  const choice =
    fault === null ? chooseRuntime(announced, runtimes, table) : { runtime: null, reason: fault };
  const environment: Environment = {
    ...about,
    image: tags[0] ?? image.tags[0] ?? image.id.slice(0, 19),
    digest: image.id,
    size: image.size,
    created: new Date(image.created).toISOString(),
    runtime: choice.runtime,
    reason: choice.reason,
    available: choice.runtime !== null,
    lost: [],
  };
  return { environment, tags, kept };
}

/** The one that this name or alias leads to; null when nobody claims it, or the configuration leads nowhere. */
export function findEnvironment(list: readonly Environment[], name: string): Environment | null {
  const claims = (one: Environment) => one.name === name || one.aliases.includes(name);
  return list.find((one) => claims(one) && !one.lost.some((lost) => lost.name === name)) ?? null;
}
