/** What can be done with the revisions of an environment: the same for pages, API and command line. */
import { GradeportError } from '../core/errors.ts';
import type { Engine } from '../engine/port.ts';
import type { StoredRevision } from '../store/collections.ts';
import type { Store } from '../store/port.ts';
import type { LiveCatalogue } from './catalogue.ts';
import { stateOf, summaryOf } from './decisions.ts';
import type { Environment } from './environment.ts';
import { findRevision } from './find-revision.ts';
import type { History } from './history.ts';
import type { JobNews } from './jobs-port.ts';
import { shortDigest } from './kept-names.ts';
import { createPins } from './pins.ts';
import { createPrune } from './prune.ts';
import type { CaseOutcome, Revision, Revisions } from './revisions-port.ts';
import type { Origin, Stock } from './stock.ts';
import { countWrong, samplesText, testSentence } from './test-words.ts';

export type SampleRequest = {
  /** The image whose samples run, and on which those of the tasks do. */
  candidate: Environment;
  /** The one that grades now; null: the candidate itself, or none. */
  current: Environment | null;
  stopped: AbortSignal;
  news: JobNews | null;
};
/** Fails when it could not be found out: engine away, stopped. */
export type SampleRunner = (request: SampleRequest) => Promise<CaseOutcome[]>;

export type RevisionsDeps = {
  store: Pick<Store, 'revisions' | 'currents' | 'pins' | 'runs'>;
  engine: Pick<Engine, 'untag'>;
  history: History;
  stock: Pick<Stock, 'keep'>;
  origins: Map<string, Origin>;
  environments: Pick<LiveCatalogue, 'find' | 'revision' | 'refresh'>;
  run: SampleRunner;
  promote: 'when-tested' | 'by-hand';
  failed(error: unknown): void;
};

/** What is kept of a test: a hostile task may print what it likes. */
const MAX_CASES = 2000;
const MAX_DIFFERENCES = 20;
const MAX_TEXT = 1000;

const bounded = (cases: readonly CaseOutcome[]): CaseOutcome[] =>
  cases.slice(0, MAX_CASES).map((one) => ({
    ...one,
    sample: one.sample.slice(0, MAX_TEXT),
    differences: one.differences.slice(0, MAX_DIFFERENCES).map((text) => text.slice(0, MAX_TEXT)),
  }));

/** An environment's revisions, and its current one, as they were when somebody asked for something. */
type Known = { name: string; own: StoredRevision[]; seen: { digest: string; serial: number } | undefined };

export type RevisionsService = Revisions & {
  /** Another process may have changed something: everything is looked at anew. */
  reload(): Promise<void>;
  /** Settles once what was announced is stored. */
  close(): Promise<void>;
};

export function createRevisions(deps: RevisionsDeps): RevisionsService {
  const { store, history, stock, origins, environments, failed } = deps;
  const listeners = new Set<(name: string) => void>();
  const announcing = new Set<Promise<void>>();

  /** Everybody sees it before the verb returns. */
  async function changed(name: string): Promise<void> {
    await history.reload();
    await environments.refresh();
    for (const listener of listeners) listener(name);
  }

  async function reload(): Promise<void> {
    const before = JSON.stringify(history.state().revisions);
    const { revisions } = await history.reload();
    await environments.refresh();
    if (JSON.stringify(revisions) === before) return;
    for (const name of new Set(revisions.map((one) => one.name)))
      for (const listener of listeners) listener(name);
  }

  /** @param given a grading name or an alias */
  async function of(given: string): Promise<Known> {
    const { revisions, currents } = await history.reload();
    const isKnown = revisions.some((one) => one.name === given);
    const name = isKnown ? given : (environments.find(given)?.name ?? given);
    const own = revisions.filter((one) => one.name === name);
    if (own.length > 0) return { name, own, seen: currents.get(name) };
    throw new GradeportError(
      'not-found',
      `There is no environment "${given}" with a history; "gradeport env list" shows what there is.`,
    );
  }

  const currentOf = (name: string): string | undefined => history.state().currents.get(name)?.digest;

  async function imageOf({ name, digest, image }: StoredRevision): Promise<Environment> {
    // Noted a moment ago, it may not be in the list yet.
    if (environments.revision(digest) === null) await environments.refresh();
    const found = environments.revision(digest);
    if (found) return found;
    const sentence = `Revision ${shortDigest(digest)} of "${name}" (${image}) is not in the engine any more: build or pull it again.`;
    throw new GradeportError('conflict', sentence);
  }

  async function usable(revision: StoredRevision): Promise<Environment> {
    const image = await imageOf(revision);
    if (image.runtime !== null) return image;
    throw new GradeportError(
      'conflict',
      `Revision ${shortDigest(image.digest)} of "${image.name}" cannot be used: ${image.reason}`,
    );
  }

  async function describe(revisions: readonly StoredRevision[]): Promise<Revision[]> {
    const digests = revisions.map(({ digest }) => digest);
    const runs = await store.runs.group('environment.digest', { 'environment.digest': { $in: digests } });
    const pins = [...history.state().pins.values()];
    return revisions.map((one) => ({
      ...{ name: one.name, digest: one.digest, image: one.image, state: stateOf(one, currentOf(one.name)) },
      ...{ at: one.at, by: one.by, from: one.from, test: one.test },
      ...{ promotedAt: one.promotedAt, promotedBy: one.promotedBy, why: one.why },
      here: environments.revision(one.digest) !== null,
      runs: runs.get(one.digest) ?? 0,
      pinned: pins
        .filter((pin) => pin.name === one.name && pin.digest === one.digest)
        .map(({ course, task }) => ({ course, task })),
    }));
  }

  async function described(name: string, digest: string): Promise<Revision> {
    const [revision] = await describe(
      history.state().revisions.filter((one) => one.name === name && one.digest === digest),
    );
    if (revision) return revision;
    throw new GradeportError('internal', `Revision ${digest} of "${name}" left the history meanwhile.`);
  }

  /** Fails with "conflict" when somebody else was quicker. */
  async function makeCurrent(
    revision: StoredRevision,
    { seen }: Known,
    by: string | null,
    why: string,
  ): Promise<void> {
    const { name, digest } = revision;
    const before = seen?.digest;
    if (before === digest) return;
    await usable(revision);
    // Both have a name of ours before the old one stops: from then on rolling back is instant.
    await stock.keep(revision);
    if (before !== undefined) await stock.keep({ name, digest: before });
    if (await history.setCurrent({ name, digest, by, why, seen })) return changed(name);
    if (currentOf(name) === digest) return;
    throw new GradeportError(
      'conflict',
      `Somebody else has just changed which revision of "${name}" grades. Look at "gradeport env history ${name}", then do it again if you still want it.`,
    );
  }

  /** The last that came and never graded. */
  const waiting = (own: readonly StoredRevision[], name: string): StoredRevision | undefined =>
    own.findLast((one) => one.promotedAt === null && one.digest !== currentOf(name));

  /** Came after the one that grades, and nothing came after it. */
  function isNext(revision: StoredRevision, own: readonly StoredRevision[]): boolean {
    const current = own.find(({ digest }) => digest === currentOf(revision.name));
    return waiting(own, revision.name)?.id === revision.id && (!current || revision.at > current.at);
  }

  async function test(given: string, digest: string, stopped = new AbortController().signal, news?: JobNews) {
    const { name, own } = await of(given);
    const revision = findRevision(own, name, digest);
    const candidate = await usable(revision);
    const grading = currentOf(name);
    const current =
      grading === undefined || grading === candidate.digest ? null : environments.revision(grading);
    const cases = bounded(await deps.run({ candidate, current, stopped, news: news ?? null }));
    const passed = countWrong(cases) === 0;
    const outcome = { at: history.now(), runtime: candidate.runtime ?? '', passed, cases };
    await history.change(revision, { test: outcome, stage: passed ? 'staged' : 'held' });
    await changed(name);
    if (passed && deps.promote === 'when-tested') await promoteNext(name, revision.id, testSentence(cases));
    return outcome;
  }

  async function promoteNext(name: string, id: string, why: string): Promise<void> {
    const known = await of(name);
    const { own } = known;
    const revision = own.find((one) => one.id === id);
    if (!revision || revision.digest === currentOf(name) || !isNext(revision, own)) return;
    await makeCurrent(revision, known, null, why);
  }

  async function promote(given: string, digest: string | null, by: string | null, force = false) {
    const known = await of(given);
    const { name, own } = known;
    const revision = digest === null ? waiting(own, name) : findRevision(own, name, digest);
    if (!revision) {
      const sentence = `No revision of "${name}" waits. Name one: "gradeport env history ${name}" lists them.`;
      throw new GradeportError('conflict', sentence);
    }
    if (!force && stateOf(revision, currentOf(name)) !== 'retired') refuseUntested(revision);
    await makeCurrent(revision, known, by, force ? 'By hand, whatever its samples say.' : 'By hand.');
    return described(name, revision.digest);
  }

  function refuseUntested({ name, digest, test: last }: StoredRevision): void {
    if (currentOf(name) === digest || last?.passed) return;
    const summary = summaryOf(last);
    const what = summary
      ? `${summary.failed} of ${samplesText(summary.cases)} of ${shortDigest(digest)} did not come out as expected (gradeport env history ${name})`
      : `the samples of ${shortDigest(digest)} have not run yet (gradeport env test ${name} --digest ${shortDigest(digest)})`;
    throw new GradeportError(
      'conflict',
      `"${name}" stays as it is: ${what}. --force promotes it all the same.`,
    );
  }

  async function rollback(given: string, by: string | null, digest?: string) {
    const known = await of(given);
    const { name, own } = known;
    const before = own.find((one) => one.digest === currentOf(name));
    const revision = digest === undefined ? lastBefore(own, name) : findRevision(own, name, digest);
    if (stateOf(revision, currentOf(name)) !== 'retired') {
      throw new GradeportError(
        'conflict',
        `${shortDigest(revision.digest)} of "${name}" ${revision === before ? 'grades already' : 'never graded: use promote'}.`,
      );
    }
    await makeCurrent(revision, known, by, `Rolled back from ${shortDigest(before?.digest ?? '')}.`);
    if (before) await history.change(before, { setAside: true });
    await changed(name);
    return described(name, revision.digest);
  }

  function lastBefore(own: readonly StoredRevision[], name: string): StoredRevision {
    const retired = own
      .filter((one) => stateOf(one, currentOf(name)) === 'retired' && !one.setAside)
      .filter(({ digest }) => environments.revision(digest) !== null)
      .sort((a, b) => (b.promotedAt ?? '').localeCompare(a.promotedAt ?? ''));
    const [last] = retired;
    if (last) return last;
    throw new GradeportError(
      'conflict',
      `There is no earlier revision of "${name}" to go back to; name one of "gradeport env history ${name}".`,
    );
  }

  function announce(digest: string, about: Origin): void {
    origins.set(digest, about);
    const stored = store.revisions
      .updateMany({ digest }, { $set: { by: about.by, from: about.from } })
      .then(() => {}, failed)
      .finally(() => announcing.delete(stored));
    announcing.add(stored);
  }

  return {
    list: async (given) => {
      const { own } = await of(given);
      return (await describe(own)).reverse();
    },
    reload,
    announce,
    test,
    promote,
    rollback,
    ...createPins({ store, history, stock, of, currentOf, imageOf, described, changed }),
    ...createPrune({ ...deps, currentOf, changed }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      await Promise.all(announcing);
    },
  };
}
