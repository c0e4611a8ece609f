/** The names of locally built images in the engine. Pure. */
import { slugAndHash } from '../../text/slug.ts';

/** Names that the engine accepts unchanged. */
const PLAIN = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/**
 * A valid image name for a grading name or a folder's name. Different names stay different, except for one written to
 * look like another's hash.
 */
export function localImage(name: string): string {
  if (PLAIN.test(name)) return `local/${name}`;
  const { slug, hash } = slugAndHash(name);
  return `local/${slug === '' ? hash : `${slug}-${hash}`}`;
}
