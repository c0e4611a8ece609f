/**
 * Kept names: Gradeport gives them to images of environments, so that a revision stays when `docker build` moves its own
 * name away. Discovery does not take them for environments of their own. Each installation gives its own, so that
 * none takes an image away that another on the same engine still needs.
 */
import { slugAndHash } from '../../text/slug.ts';
import { isKeptName, KEPT_REPOSITORY } from '../discovery/environments-of-images.ts';

const SHORT = 12;

/** As long as docker's own short ids. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, SHORT);

/** Grading names may have capitals, other scripts and "+", an image's name may not: such get a hash behind them. */
export const keptName = (name: string, digest: string, installation: string): string =>
  `${sharedName(name, digest)}-${installation}`;

/** As all installations called it before each had its own; another one may still need it. */
export function sharedName(name: string, digest: string): string {
  const { slug, hash } = slugAndHash(name);
  const repository = slug === name && slug !== '' ? slug : `${slug || 'name'}-${hash}`;
  return `${KEPT_REPOSITORY}${repository}:${shortDigest(digest)}`;
}

export const isKeptBy = (installation: string, tag: string): boolean =>
  isKeptName(tag) && tag.endsWith(`-${installation}`);
