/**
 * Kept names: Gradeport gives them to images of environments, so that a revision stays when `docker build` moves its own
 * name away. Discovery does not list them as separate environments. Each installation gives its own, so that
 * none removes an image that another on the same engine still needs.
 */
import { slugAndHash } from '../../../text/slug.ts';
import { isKeptName, KEPT_REPOSITORY } from '../../discovery/environments-of-images.ts';

const SHORT = 12;

/** The length of docker's own short ids. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, SHORT);

/** Grading names may have capitals, other scripts and "+", image names may not: such names get a hash at the end. */
export const keptName = (name: string, digest: string, installation: string): string =>
  `${sharedName(name, digest)}-${installation}`;

/** The kept name that all installations shared in older versions; another installation may still need it. */
export function sharedName(name: string, digest: string): string {
  const { slug, hash } = slugAndHash(name);
  const repository = slug === name && slug !== '' ? slug : `${slug || 'name'}-${hash}`;
  return `${KEPT_REPOSITORY}${repository}:${shortDigest(digest)}`;
}

export const isKeptBy = (installation: string, tag: string): boolean =>
  isKeptName(tag) && tag.endsWith(`-${installation}`);
