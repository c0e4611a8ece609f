/** Searches registries through the engine, and says how far each result can be trusted. */

import type { FoundImage } from '../../ports/engine/transfers.ts';
import { GradeportError } from '../../rules/errors.ts';
import { whyRefused } from './policy.ts';
import { DEFAULT_HOST, isHost, tryReference, withTag } from './reference.ts';
import type { SharingDeps } from './sharing-deps.ts';
import { type Trust, trustOf } from './why-trusted.ts';

export type Find = Pick<FoundImage, 'name' | 'description' | 'stars'> & {
  trust: Trust[];
  /** Why this installation refuses the image; null: it accepts it. */
  refused: string | null;
};

const MAX_WORDS = 200;
const MAX_FINDS = 25;
/** Without a network the engine itself would wait for minutes. */
const PATIENCE_MS = 30_000;

/** @param text words, or host/words for a registry that can be searched */
export async function search(
  { images, transfers, policy }: Pick<SharingDeps, 'images' | 'transfers' | 'policy'>,
  text: string,
  stopped: AbortSignal | null = null,
  patienceMs = PATIENCE_MS,
): Promise<Find[]> {
  const words = text.trim();
  if (words === '' || words.length > MAX_WORDS) {
    throw new GradeportError('usage', `Say what to search for, in at most ${MAX_WORDS} characters.`);
  }
  const late = AbortSignal.timeout(patienceMs);
  const signal = stopped ? AbortSignal.any([stopped, late]) : late;
  const found = await transfers.search(words, MAX_FINDS, signal).catch((error: unknown) => {
    if (!late.aborted) throw error;
    throw new GradeportError(
      'unreachable',
      'The search did not answer. Is there a network? What is here already: gradeport env list',
      { cause: error },
    );
  });
  const held = new Set((await images.list()).flatMap(({ tags }) => tags));
  const host = hostOf(words);
  return found.slice(0, MAX_FINDS).flatMap((one) => describe(one, host, policy, held) ?? []);
}

/** The registry to search; null: the engine's own. */
function hostOf(words: string): string | null {
  const [first = '', ...rest] = words.split('/');
  return rest.length > 0 && isHost(first) ? first : null;
}

/** Names that no engine would accept are left out: search results are untrusted text. */
function describe(
  { name: found, description, stars, official, automated }: FoundImage,
  host: string | null,
  policy: SharingDeps['policy'],
  held: ReadonlySet<string>,
): Find | null {
  // The engine returns results without the registry's name; they would pass for names of the default registry.
  const name = host === null || found.startsWith(`${host}/`) ? found : `${host}/${found}`;
  const reference = tryReference(name);
  if (!reference) return null;
  const here = held.has(withTag(reference));
  const isDefault = reference.host === DEFAULT_HOST;
  return {
    name,
    description,
    stars,
    trust: trustOf(reference, policy, {
      // Only the default registry can declare an image official.
      official: official && isDefault,
      automated: automated && isDefault,
      here,
    }),
    refused: whyRefused(reference, policy),
  };
}
