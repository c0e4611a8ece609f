/** Names of images, taken apart as container engines do it: host/repository:tag@digest. Pure. */
import { GradeportError } from '../../rules/errors.ts';

export type Reference = {
  /** With the port, if there is one. */
  host: string;
  repository: string;
  tag: string | null;
  /** "sha256:…" */
  digest: string | null;
};

/** The host that every engine assumes for a name without one. */
export const DEFAULT_HOST = 'docker.io';
const OLD_DEFAULT_HOST = 'index.docker.io';
const OFFICIAL = 'library/';

/** No registry accepts longer names. Checked before any pattern reads the text. */
const MAX_LENGTH = 512;
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;
const PART = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

export const isDigest = (text: string): boolean => DIGEST.test(text);

/** Whether the first part of a name is a host: the engines' own rule. */
export const isHost = (first: string): boolean => /[.:]/.test(first) || first === 'localhost';

/** @returns null for a name that no engine would accept */
export function tryReference(text: string): Reference | null {
  if (text.length > MAX_LENGTH) return null;
  const [named = '', digest = null, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== null && !isDigest(digest))) return null;
  const [, path = '', tag = null] = /^(.*?)(?::([^:/]*))?$/.exec(named) ?? [];
  if (tag !== null && !TAG.test(tag)) return null;
  const parts = path.split('/');
  const first = parts[0] ?? '';
  const hasHost = parts.length > 1 && isHost(first);
  const names = hasHost ? parts.slice(1) : parts;
  if ((hasHost && !HOST.test(first)) || !names.every((part) => PART.test(part))) return null;
  const host = hasHost && first !== OLD_DEFAULT_HOST ? first.toLowerCase() : DEFAULT_HOST;
  const isOfficial = host === DEFAULT_HOST && names.length === 1;
  return { host, repository: (isOfficial ? OFFICIAL : '') + names.join('/'), tag, digest };
}

/** Fails with "usage". */
export function parseReference(text: string): Reference {
  const reference = tryReference(text);
  if (reference) return reference;
  throw new GradeportError(
    'usage',
    `"${text.slice(0, 100)}" is not the name of an image. Expected something like registry.example.org/course/python:1, in lower case, with a tag or @sha256:… at its end.`,
  );
}

/** "docker.io/library/python": one spelling for each repository, for comparing. */
export const canonicalName = ({ host, repository }: Reference): string => `${host}/${repository}`;

/** The engine's spelling: without the default host. */
export function familiarName({ host, repository }: Reference): string {
  if (host !== DEFAULT_HOST) return `${host}/${repository}`;
  return repository.startsWith(OFFICIAL) ? repository.slice(OFFICIAL.length) : repository;
}

export const withTag = (reference: Reference): string =>
  `${familiarName(reference)}:${reference.tag ?? 'latest'}`;
export const withDigest = (reference: Reference, digest: string): string =>
  `${familiarName(reference)}@${digest}`;

/** The spelling that people type: with the digest if there is one, otherwise with the tag. */
export const written = (reference: Reference): string => {
  const tag = reference.tag === null && reference.digest !== null ? '' : `:${reference.tag ?? 'latest'}`;
  return `${familiarName(reference)}${tag}${reference.digest === null ? '' : `@${reference.digest}`}`;
};

/** Parses a registry as people type it when they sign in: a host, optionally with a port. Fails with "usage". */
export function parseHost(text: string): string {
  const host = text.trim().toLowerCase();
  if (host === OLD_DEFAULT_HOST) return DEFAULT_HOST;
  if (host.length <= 260 && HOST.test(host) && isHost(host)) return host;
  throw new GradeportError(
    'usage',
    `"${text.slice(0, 100)}" is not a registry. Expected its host, such as registry.example.org or localhost:5000, without https:// and without a path.`,
  );
}
