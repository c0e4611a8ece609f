/** Finds a revision by its environment and the beginning of its digest. Pure. */

import { GradeportError } from '../../rules/errors.ts';
import type { KnownRevision } from './images/on-engine.ts';
import { shortDigest } from './images/revision-tags.ts';

const LEAST_DIGITS = 4;

export function findRevision(
  revisions: readonly KnownRevision[],
  name: string,
  digest: string,
): KnownRevision {
  const wanted = digest.replace(/^sha256:/, '').toLowerCase();
  if (!/^[0-9a-f]+$/.test(wanted) || wanted.length < LEAST_DIGITS) {
    throw new GradeportError(
      'usage',
      `"${digest}" is no digest: give at least its first ${LEAST_DIGITS} digits, as "gradeport env history ${name}" shows them.`,
    );
  }
  const found = revisions.filter((one) => one.digest.replace(/^sha256:/, '').startsWith(wanted));
  const [first, second] = found;
  if (!first) {
    throw new GradeportError(
      'not-found',
      `There is no revision ${digest} of "${name}"; "gradeport env history ${name}" lists those there are.`,
    );
  }
  if (second) {
    const all = found.map((one) => shortDigest(one.digest)).join(', ');
    throw new GradeportError('usage', `${digest} may be ${all} of "${name}": give more digits.`);
  }
  return first;
}
