/** Finds environments and bases that are older than what their registry has now. Pulls nothing. */

import type { ImageDetails } from '../../ports/engine/images.ts';
import { GradeportError } from '../../rules/errors.ts';
import { readLabels } from '../discovery/labels.ts';
import { whyRefused } from '../registries/policy.ts';
import { isPinnedTag } from '../registries/pull.ts';
import { canonicalName, type Reference, tryReference } from '../registries/reference.ts';
import type { SharingDeps } from '../registries/sharing-deps.ts';

export type Freshness = {
  /** The image's name in the engine. */
  image: string;
  /** The grading name; null for a base. */
  name: string | null;
  /** The image's id here. */
  id: string;
  /** unknown: the registry could not be asked. */
  state: 'current' | 'outdated' | 'pinned' | 'unknown';
  /** The registry's digest at the time of the pull, and the one that the tag leads to now. */
  local: string;
  remote: string | null;
  /** The reason, in a sentence. */
  reason: string;
};

/** How many requests to registries run at a time. */
const AT_ONCE = 4;
type Pulled = { image: string; reference: Reference; local: string[]; details: Omit<ImageDetails, 'layers'> };

/** All images from registries, environments first. Images that were built here are left out. */
export async function readFreshness(deps: SharingDeps, stopped?: AbortSignal): Promise<Freshness[]> {
  const pulled = (await deps.images.list()).flatMap(pulledNames);
  const found: Freshness[] = [];
  for (let at = 0; at < pulled.length; at += AT_ONCE) {
    found.push(
      ...(await Promise.all(pulled.slice(at, at + AT_ONCE).map((one) => compare(deps, one, stopped)))),
    );
  }
  return found.sort(
    (a, b) => Number(a.name === null) - Number(b.name === null) || a.image.localeCompare(b.image),
  );
}

/** The names of an image that a registry knows, too: a tag alone may come from a local `docker tag`. */
function pulledNames(details: Omit<ImageDetails, 'layers'>): Pulled[] {
  const digests = details.repoDigests.flatMap((text) => tryReference(text) ?? []);
  return details.tags.flatMap((image) => {
    const reference = tryReference(image);
    if (!reference) return [];
    const own = digests.filter((one) => canonicalName(one) === canonicalName(reference));
    const local = own.flatMap(({ digest }) => digest ?? []);
    return local.length > 0 ? [{ image, reference, local, details }] : [];
  });
}

async function compare(
  { registry, policy }: SharingDeps,
  { image, reference, local, details }: Pulled,
  stopped: AbortSignal | undefined,
): Promise<Freshness> {
  const about = {
    image,
    name: readLabels(details.labels)?.name ?? null,
    id: details.id,
    local: local[0] ?? '',
    remote: null,
  };
  if (isPinnedTag(reference.tag ?? '')) {
    return { ...about, state: 'pinned', reason: 'It was pulled by its digest, which never changes.' };
  }
  // requireDigest does not apply: an update asks for the digest itself.
  const refusal = whyRefused(reference, { ...policy, requireDigest: false });
  if (refusal !== null) return { ...about, state: 'unknown', reason: refusal };
  try {
    const remote = await registry.digest(reference, stopped);
    return local.includes(remote)
      ? { ...about, remote, state: 'current', reason: 'The registry has the same.' }
      : { ...about, remote, state: 'outdated', reason: `The registry has ${remote.slice(0, 19)}… now.` };
  } catch (error) {
    stopped?.throwIfAborted();
    if (!(error instanceof GradeportError) || error.code === 'internal') throw error;
    return { ...about, state: 'unknown', reason: error.message };
  }
}
