/** Decides which revision grades: promoting, rolling back. Of two who do so at once one wins, and the other is told. */

import { GradeportError } from '../../rules/errors.ts';
import { findRevision } from './find-revision.ts';
import type { History } from './history.ts';
import type { ImageKeeper } from './image-keeper.ts';
import type { ImagesHere } from './images-here.ts';
import type { KnownRevision } from './on-engine.ts';
import type { Known, RevisionLookup } from './revision-lookup.ts';
import { shortDigest } from './revision-tags.ts';
import { samplesText } from './sample-test-sentences.ts';
import { stateOf, summaryOf } from './which-revision-grades.ts';

export type PromotionDeps = {
  lookup: RevisionLookup;
  history: History;
  keeper: Pick<ImageKeeper, 'keep'>;
  environments: Pick<ImagesHere, 'revision'>;
  changed(name: string): Promise<void>;
};

export function createPromotions({ lookup, history, keeper, environments, changed }: PromotionDeps) {
  const { of, currentOf, usable, described } = lookup;

  /** Fails with "conflict" when somebody else was quicker. */
  async function makeCurrent(
    revision: KnownRevision,
    { seen }: Known,
    by: string | null,
    why: string,
  ): Promise<void> {
    const { name, digest } = revision;
    const before = seen?.digest;
    if (before === digest) return;
    await usable(revision);
    // Both have a name of ours before the old one stops: from then on rolling back is instant.
    await keeper.keep(revision);
    if (before !== undefined) await keeper.keep({ name, digest: before });
    const [isDone] = await history.setCurrent([{ name, digest, by, why, seen }]);
    if (isDone) return changed(name);
    if (currentOf(name) === digest) return;
    throw new GradeportError(
      'conflict',
      `Somebody else has just changed which revision of "${name}" grades. Look at "gradeport env history ${name}", then do it again if you still want it.`,
    );
  }

  /** The last that came and never graded. */
  const waiting = (own: readonly KnownRevision[], name: string): KnownRevision | undefined =>
    own.findLast((one) => one.promotedAt === null && one.digest !== currentOf(name));

  /** Came after the one that grades, and nothing came after it. */
  function isNext(revision: KnownRevision, own: readonly KnownRevision[]): boolean {
    const current = own.find(({ digest }) => digest === currentOf(revision.name));
    return waiting(own, revision.name)?.id === revision.id && (!current || revision.at > current.at);
  }

  async function promoteNext(name: string, id: string, why: string): Promise<void> {
    const known = await of(name);
    const { own } = known;
    const revision = own.find((one) => one.id === id);
    if (!revision || revision.digest === currentOf(name) || !isNext(revision, own)) return;
    try {
      await makeCurrent(revision, known, null, why);
    } catch (error) {
      // A person decided while the samples ran: their word counts.
      if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
    }
  }

  async function promote(given: string, digest: string | null, by: string | null, force = false) {
    const known = await of(given);
    const { name, own } = known;
    const revision = digest === null ? waiting(own, name) : findRevision(own, name, digest);
    if (!revision) {
      const sentence = `No revision of "${name}" waits. Name one: "gradeport env history ${name}" lists them.`;
      throw new GradeportError('conflict', sentence);
    }
    // What graded before needs no samples, but must not have failed them since.
    const isProven = stateOf(revision, currentOf(name)) === 'retired' && revision.test?.passed !== false;
    if (!force && !isProven) refuseUntested(revision);
    await makeCurrent(revision, known, by, force ? 'By hand, whatever its samples say.' : 'By hand.');
    return described(name, revision.digest);
  }

  function refuseUntested({ name, digest, test: last }: KnownRevision): void {
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

  function lastBefore(own: readonly KnownRevision[], name: string): KnownRevision {
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

  return { promote, rollback, promoteNext };
}
