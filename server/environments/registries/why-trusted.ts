/** Reasons to trust an image, in words for people. Pure. */
import { type ImagePolicy, isAllowed } from './policy.ts';
import { DEFAULT_HOST, type Reference } from './reference.ts';

/**
 * official: maintained by the default registry itself. automated: built there from published sources.
 * listed: on the operator's list. by-digest: its content cannot change. local: here already.
 */
export type Trust = 'official' | 'automated' | 'listed' | 'by-digest' | 'local';

export const TRUST_WORDS: Readonly<Record<Trust, string>> = {
  official: 'Official image',
  automated: 'Automated build',
  listed: 'On the list of this installation',
  'by-digest': 'Named by digest',
  local: 'Here already',
};

export function trustOf(
  reference: Reference,
  policy: Pick<ImagePolicy, 'allow'>,
  also: { official?: boolean; automated?: boolean; here?: boolean } = {},
): Trust[] {
  const isOfficial =
    also.official ?? (reference.host === DEFAULT_HOST && reference.repository.startsWith('library/'));
  const found: (Trust | false)[] = [
    isOfficial && 'official',
    also.automated === true && 'automated',
    policy.allow.length > 0 && isAllowed(reference, policy) && 'listed',
    reference.digest !== null && 'by-digest',
    also.here === true && 'local',
  ];
  return found.filter((one) => one !== false);
}
