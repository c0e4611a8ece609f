/** Which revision a promotion or a rollback chooses, and which may not become current. Pure. */
import { GradeportError } from '../../rules/errors.ts';
import { findRevision } from './find-revision.ts';
import type { KnownRevision } from './images/on-engine.ts';
import { shortDigest } from './images/revision-tags.ts';
import { samplesText } from './tests/sample-test-sentences.ts';
import { stateOf, summaryOf } from './which-revision-grades.ts';

/** The revisions of one environment, in the order in which they came, and the digest of the current one. */
type OwnRevisions = { name: string; own: readonly KnownRevision[]; current: string | undefined };

/** The newest revision that has never graded. */
const waitingOf = ({ own, current }: OwnRevisions): KnownRevision | undefined =>
  own.findLast((one) => one.promotedAt === null && one.digest !== current);

/** The revision with this id, if it is the newest and came after the one that grades. */
export function nextOf(of: OwnRevisions, id: string): KnownRevision | null {
  const waiting = waitingOf(of);
  if (waiting?.id !== id) return null;
  const grades = of.own.find(({ digest }) => digest === of.current);
  return !grades || waiting.at > grades.at ? waiting : null;
}

/**
 * @param digest a digest or its beginning; null: the revision that waits
 * @param force ignore the result of its samples
 * @throws GradeportError "conflict" when none waits, or its samples do not allow it
 */
export function toPromote(of: OwnRevisions, digest: string | null, force: boolean): KnownRevision {
  const { name, own, current } = of;
  const revision = digest === null ? waitingOf(of) : findRevision(own, name, digest);
  if (!revision) {
    const sentence = `No revision of "${name}" waits. Name one: "gradeport env history ${name}" lists them.`;
    throw new GradeportError('conflict', sentence);
  }
  // A revision that has graded before needs no samples, but must not have failed them since.
  const isProven = stateOf(revision, current) === 'retired' && revision.test?.passed !== false;
  if (!force && !isProven && revision.digest !== current) refuseUntested(revision);
  return revision;
}

function refuseUntested({ name, digest, test: last }: KnownRevision): void {
  if (last?.passed) return;
  const summary = summaryOf(last);
  const what = summary
    ? `${summary.failed} of ${samplesText(summary.cases)} of ${shortDigest(digest)} did not come out as expected (gradeport env history ${name})`
    : `the samples of ${shortDigest(digest)} have not run yet (gradeport env test ${name} --digest ${shortDigest(digest)})`;
  throw new GradeportError('conflict', `"${name}" stays as it is: ${what}. --force promotes it anyway.`);
}

/**
 * @param digest a digest or its beginning; undefined: the previous revision
 * @param isHere whether the image of a digest is in the engine
 * @throws GradeportError "conflict" when there is no such revision, or it never graded
 */
export function toRollBackTo(
  of: OwnRevisions,
  digest: string | undefined,
  isHere: (digest: string) => boolean,
): KnownRevision {
  const { name, own, current } = of;
  const revision = digest === undefined ? lastBefore(of, isHere) : findRevision(own, name, digest);
  if (stateOf(revision, current) === 'retired') return revision;
  const why = revision.digest === current ? 'grades already' : 'never graded: use promote';
  throw new GradeportError('conflict', `${shortDigest(revision.digest)} of "${name}" ${why}.`);
}

function lastBefore(
  { name, own, current }: OwnRevisions,
  isHere: (digest: string) => boolean,
): KnownRevision {
  const [last] = own
    .filter((one) => stateOf(one, current) === 'retired' && !one.setAside && isHere(one.digest))
    .sort((a, b) => (b.promotedAt ?? '').localeCompare(a.promotedAt ?? ''));
  if (last) return last;
  throw new GradeportError(
    'conflict',
    `There is no earlier revision of "${name}" to go back to; name one of "gradeport env history ${name}".`,
  );
}
