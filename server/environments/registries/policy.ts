/** What an operator lets in from registries and archives. Pure. */
import { z } from 'zod';
import { canonicalName, familiarName, type Reference, tryReference, written } from './reference.ts';

/** "registry.example.org/course/**": each "*" stays within a part of the name, "**" does not. */
const PATTERN = /^[a-z0-9._:[\]*-]+(?:\/[a-z0-9._*-]+)*$/;

export const patternsSchema = z
  .array(
    z
      .string()
      .max(300)
      .regex(PATTERN, 'expected a pattern such as registry.example.org/course/** in lower case'),
  )
  .default([]);

export const imagePolicySchema = z.strictObject({
  /** Which images may come in; none: all. */
  allow: patternsSchema,
  /** Only references that name a digest: what they lead to can never change. */
  requireDigest: z.stringbool().or(z.boolean()).default(false),
  /** Registries that are asked without TLS, though they are not on this machine: host or host:port. */
  insecureRegistries: z.array(z.string().max(260)).default([]),
});
export type ImagePolicy = z.infer<typeof imagePolicySchema>;

/** The part before the first slash, which must be spelled out: "*" alone would let in every registry. */
function toExpression(pattern: string): RegExp {
  const escaped = pattern.replace(/[.[\]-]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'))}$`);
}

/** As an operator writes patterns: "python" and "docker.io/library/python" mean the same. */
function spellings(reference: Reference): string[] {
  const name = canonicalName(reference);
  return name.startsWith('docker.io/library/') ? [name, name.slice('docker.io/library/'.length)] : [name];
}

/** Of an image that is here, which people also know by its short name: "local/x" is docker.io/local/x. */
export const matchesPattern = (pattern: string, reference: Reference): boolean =>
  [canonicalName(reference), familiarName(reference)].some((name) => toExpression(pattern).test(name));

export const isAllowed = (reference: Reference, { allow }: Pick<ImagePolicy, 'allow'>): boolean =>
  allow.length === 0 ||
  allow.some((pattern) => spellings(reference).some((name) => toExpression(pattern).test(name)));

/**
 * Why an image must not come in, in a sentence; null when it may.
 * For a FROM line ask `whyBaseRefused`.
 */
export function whyRefused(
  reference: Reference,
  policy: Pick<ImagePolicy, 'allow' | 'requireDigest'>,
): string | null {
  if (!isAllowed(reference, policy)) {
    return `${written(reference)} is not on this installation's list of images (${policy.allow.join(', ')}). An operator can add it: images.allow in the configuration.`;
  }
  if (policy.requireDigest && reference.digest === null) {
    return `${written(reference)} names no digest, and this installation takes only images by digest (images.requireDigest). Write ${canonicalName(reference)}@sha256:…`;
  }
  return null;
}

/**
 * The same for the FROM of a Dockerfile. What is on this machine came through the same doors, or an operator put
 * it there: it may be built on. Everything else would be pulled.
 * @param isHere whether the engine has an image of this name
 */
export function whyBaseRefused(
  from: string,
  policy: Pick<ImagePolicy, 'allow' | 'requireDigest'>,
  isHere: boolean,
): string | null {
  if (isHere || from === 'scratch') return null;
  const reference = tryReference(from);
  return reference === null
    ? `"${from.slice(0, 100)}" is no name of an image.`
    : whyRefused(reference, policy);
}

/** 127.0.0.0/8, ::1 and localhost: nobody listens in between. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** How a registry may be asked, the likelier way first. */
export function schemesOf(
  host: string,
  { insecureRegistries }: Pick<ImagePolicy, 'insecureRegistries'>,
): ('https' | 'http')[] {
  if (isLoopback(host)) return ['http', 'https'];
  return insecureRegistries.includes(host) ? ['https', 'http'] : ['https'];
}
