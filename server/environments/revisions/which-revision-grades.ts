/** Decides from the history and the images which revision grades, with reasons in words. Pure. */
import type { Pin } from '../../model/revision.ts';
import type { Environment, TaskName, TestSummary } from '../discovery/environment.ts';
import type { EnvironmentImage } from '../discovery/environments-of-images.ts';
import { NEWEST_GRADES, type WhoGrades, type WhyNot } from '../discovery/list-environments.ts';
import type { HistoryState, KnownRevision } from './images/on-engine.ts';
import { shortDigest } from './images/revision-tags.ts';
import type { RevisionState } from './port.ts';
import { countWrong } from './tests/sample-test-sentences.ts';

type Named = Pick<Environment, 'name' | 'digest'>;

export type Decisions = WhoGrades & {
  pinOf(task: TaskName): Pin | null;
  /** The digests of all pins. */
  pinned(): string[];
};

/** Without a data folder nothing is decided: the newest image of a name grades. */
export const NO_HISTORY: Decisions = { ...NEWEST_GRADES, pinOf: () => null, pinned: () => [] };

export const taskKey = ({ course, id }: TaskName): string => `${course}/${id}`;
export const revisionId = ({ name, digest }: Named): string => `${name}@${digest}`;

export function stateOf(revision: KnownRevision, current: string | undefined): RevisionState {
  if (revision.digest === current) return 'current';
  return revision.promotedAt === null ? revision.stage : 'retired';
}

export const summaryOf = (test: KnownRevision['test']): TestSummary | null =>
  test && {
    at: test.at,
    runtime: test.runtime,
    passed: test.passed,
    cases: test.cases.length,
    failed: countWrong(test.cases),
  };

/**
 * Which digest grades under a name: the current one while its image is there; else the newest usable one that is not held,
 * set aside or taken away by people. While another engine has the current one, one that graded before or passed its
 * samples comes first. null: none may; undefined: the history does not decide, the newest usable image grades.
 * @param images all of the name, the newest first
 */
export function chooseCurrent(
  revisions: readonly KnownRevision[],
  current: string | undefined,
  images: readonly EnvironmentImage[],
): string | null | undefined {
  if (revisions.length === 0) return undefined;
  const known = new Map(revisions.map((one) => [one.digest, one]));
  const there = images.map(({ environment }) => environment);
  const isThere = there.some(({ digest }) => digest === current);
  if (current !== undefined && isThere && known.get(current)?.presence !== 'removed') return current;
  const usable = there.filter(({ runtime }) => runtime !== null);
  const open = usable.filter(({ digest }) => {
    const one = known.get(digest);
    const isBarred = one && (one.setAside || one.presence === 'removed' || stateOf(one, current) === 'held');
    return !isBarred;
  });
  // Another engine has the current revision: until it comes here, untested images wait for their samples.
  const proven = known.get(current ?? '')?.isElsewhere
    ? open.find(({ digest }) => isProven(known.get(digest)))
    : undefined;
  const next = proven ?? open[0];
  if (next) return next.digest;
  return usable.length > 0 ? null : undefined;
}

const isProven = (revision: KnownRevision | undefined): boolean =>
  revision !== undefined && (revision.promotedAt !== null || revision.test?.passed === true);

type Chosen = ReadonlyMap<string, string | null | undefined>;

/** The result of chooseCurrent by grading name. */
export function chosenOf(history: HistoryState, images: readonly EnvironmentImage[]): Chosen {
  const revisions = Map.groupBy(history.revisions, ({ name }) => name);
  const byName = Map.groupBy(images, ({ environment }) => environment.name);
  return new Map(
    [...byName].map(([name, all]) => [
      name,
      chooseCurrent(revisions.get(name) ?? [], history.currents.get(name)?.digest, all),
    ]),
  );
}

export function decide(history: HistoryState, all: readonly EnvironmentImage[]): Decisions {
  const images = Map.groupBy(all, ({ environment }) => environment.name);
  const revisions = Map.groupBy(history.revisions, ({ name }) => name);
  const chosen = chosenOf(history, all);
  const find = ({ name, digest }: Named) => revisions.get(name)?.find((one) => one.digest === digest);
  return {
    knows: (name) => chosen.get(name) !== undefined,
    grades: ({ name, digest }) => chosen.get(name) === digest,
    described: (winner) => ({
      ...winner,
      tested: summaryOf(find(winner)?.test ?? null),
      update: updateOf(winner, revisions.get(winner.name) ?? [], images.get(winner.name) ?? []),
    }),
    whyNot(loser, winner) {
      const revision = find(loser);
      if (!revision) return null;
      const state = revision.promotedAt === null ? revision.stage : 'retired';
      return { revision: state, reason: whyNot(revision, state, winner) };
    },
    pinOf: (task) => history.pins.get(taskKey(task)) ?? null,
    pinned: () => [...history.pins.values()].map(({ digest }) => digest),
  };
}

/** The newest revision that never graded, if it came after the one that grades. */
function updateOf(
  winner: Environment,
  revisions: readonly KnownRevision[],
  images: readonly EnvironmentImage[],
): NonNullable<Environment['update']> | null {
  const there = new Set(images.map(({ environment }) => environment.digest));
  const own = revisions.find(({ digest }) => digest === winner.digest);
  const last = revisions.findLast(
    (one) => one.promotedAt === null && there.has(one.digest) && own !== undefined && one.at > own.at,
  );
  return last
    ? { digest: last.digest, image: last.image, state: last.stage, tested: summaryOf(last.test) }
    : null;
}

function whyNot(revision: KnownRevision, state: WhyNot['revision'], winner: Environment | null): string {
  const { name, digest, setAside } = revision;
  const who = winner ? `${shortDigest(winner.digest)} grades` : 'nothing grades';
  const promote = `gradeport env promote ${name} ${shortDigest(digest)}`;
  if (state === 'held')
    return `Its samples did not come out as expected, so ${who}. To have it grade anyway: "${promote} --force".`;
  if (state === 'staged') return `Its samples come first: until then ${who}. By hand: "${promote}".`;
  const what = setAside ? 'Somebody rolled back from it' : 'It graded before';
  return `${what}; now ${who}. "gradeport env rollback ${name} ${shortDigest(digest)}" brings it back.`;
}
