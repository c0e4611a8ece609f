/** A revision of environment "c" as an engine has it, for tests of rules. */
import type { KnownRevision } from '../../../server/environments/revisions/images/on-engine.ts';
import { sampleRevision } from '../store/samples.ts';
import { digestOf } from './scripted-engine.ts';

/** @param letter of its digest; it came at this hour of the day, too: a is 10:00, b is 11:00 */
export function knownRevision(letter: string, more: Partial<KnownRevision> = {}): KnownRevision {
  const { engines: _engines, ...revision } = sampleRevision(digestOf(letter), {
    image: 'local/c:latest',
    at: `2026-11-20T${Number.parseInt(letter, 16)}:00:00.000Z`,
  });
  return { ...revision, presence: 'named', isElsewhere: false, ...more };
}
