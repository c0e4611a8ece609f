/** Puts an environment into a registry, for others to pull. */

import type { JobNews } from '../../jobs/port.ts';
import { GradeportError } from '../../rules/errors.ts';
import { followLayers } from './layer-progress.ts';
import { parseReference, type Reference, withDigest, withTag } from './reference.ts';
import { loginFor, type SharingDeps } from './sharing-deps.ts';

export type PushRequest = {
  /** A grading name, an alias, or the name of an image (a base, say). */
  name: string;
  reference: string;
};

export type Pushed = {
  image: string;
  /** The image's name in the registry. */
  pinned: string;
  name: string;
};

export async function push(
  deps: SharingDeps,
  { name, reference: text }: PushRequest,
  news: JobNews,
  stopped: AbortSignal,
): Promise<Pushed> {
  const reference = targetOf(text);
  const id = await idOf(deps, name);
  const image = withTag(reference);
  const before = await deps.images.inspect(image);
  if (before?.id !== id) await deps.images.tag(id, image);
  try {
    const onNews = followLayers(news, 'uploading');
    const digest = await deps.transfers.push(image, await loginFor(deps, reference.host), onNews, stopped);
    return { image, pinned: withDigest(reference, digest), name };
  } catch (error) {
    // A tag left by a failed push would look like an image that the registry has.
    if (before === null) await deps.images.untag(image).catch(() => {});
    else if (before.id !== id) await deps.images.tag(before.id, image).catch(() => {});
    throw error;
  }
}

function targetOf(text: string): Reference {
  const reference = parseReference(text.trim());
  if (reference.digest === null) return reference;
  throw new GradeportError('usage', `${text}: a registry makes the digest itself. Name a tag, such as …:1.`);
}

async function idOf({ find, images }: SharingDeps, name: string): Promise<string> {
  const environment = await find(name);
  if (environment) return environment.digest;
  const image = await images.inspect(name);
  if (image) return image.id;
  throw new GradeportError(
    'not-found',
    `There is no environment and no image "${name}". "gradeport env list" shows the environments.`,
  );
}
