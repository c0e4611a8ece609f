/** What images that are built here are called in the engine. Pure. */
import { slugAndHash } from '../../text/slug.ts';

/** Names that the engine takes as they are. */
const PLAIN = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/**
 * What the engine takes as an image's name, from a grading name or a folder's; different names stay different, but for
 * one that somebody writes to look like another's hash.
 */
export function localImage(name: string): string {
  if (PLAIN.test(name)) return `local/${name}`;
  const { slug, hash } = slugAndHash(name);
  return `local/${slug === '' ? hash : `${slug}-${hash}`}`;
}
