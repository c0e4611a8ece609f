/** Promotes and rolls back revisions. Of two decisions at once one wins, and the other fails with "conflict". */

import { GradeportError } from '../../rules/errors.ts';
import type { History } from './history.ts';
import type { ImageKeeper } from './images/image-keeper.ts';
import type { ImagesHere } from './images/images-here.ts';
import type { KnownRevision } from './images/on-engine.ts';
import { shortDigest } from './images/revision-tags.ts';
import { nextOf, toPromote, toRollBackTo } from './promotion-rules.ts';
import type { FoundRevisions, RevisionLookup } from './revision-lookup.ts';

export type PromotionDeps = {
  lookup: RevisionLookup;
  history: History;
  keeper: Pick<ImageKeeper, 'keep'>;
  environments: Pick<ImagesHere, 'revision'>;
  changed(name: string): Promise<void>;
};

export function createPromotions({ lookup, history, keeper, environments, changed }: PromotionDeps) {
  const { of, currentOf, usable, described } = lookup;

  /** Fails with "conflict" when another decision was quicker. */
  async function makeCurrent(
    revision: KnownRevision,
    { seen }: FoundRevisions,
    by: string | null,
    why: string,
  ): Promise<void> {
    const { name, digest } = revision;
    const before = seen?.digest;
    if (before === digest) return;
    await usable(revision);
    // Both images get a kept name before the old one stops grading, so that rolling back is instant.
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

  const ofName = async (given: string) => {
    const known = await of(given);
    return { ...known, current: currentOf(known.name) };
  };

  async function promoteNext(name: string, id: string, why: string): Promise<void> {
    const known = await ofName(name);
    const revision = nextOf(known, id);
    if (!revision) return;
    try {
      await makeCurrent(revision, known, null, why);
    } catch (error) {
      // If a user decided while the samples ran, that decision stands.
      if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
    }
  }

  async function promote(given: string, digest: string | null, by: string | null, force = false) {
    const known = await ofName(given);
    const revision = toPromote(known, digest, force);
    await makeCurrent(revision, known, by, force ? 'By hand, whatever its samples say.' : 'By hand.');
    return described(known.name, revision.digest);
  }

  async function rollback(given: string, by: string | null, digest?: string) {
    const known = await ofName(given);
    const { name, own, current } = known;
    const revision = toRollBackTo(known, digest, (one) => environments.revision(one) !== null);
    await makeCurrent(revision, known, by, `Rolled back from ${shortDigest(current ?? '')}.`);
    const before = own.find((one) => one.digest === current);
    if (before) await history.change(before, { setAside: true });
    await changed(name);
    return described(name, revision.digest);
  }

  return { promote, rollback, promoteNext };
}
