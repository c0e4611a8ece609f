/** Which images an operator allows from registries and archives. Pure. */
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
  /** Which images may be imported; an empty list allows all. */
  allow: patternsSchema,
  /** Allow only references with a digest: their content can never change. */
  requireDigest: z.stringbool().or(z.boolean()).default(false),
  /** Registries on other machines that may be asked without TLS: host or host:port. */
  insecureRegistries: z.array(z.string().max(260)).default([]),
});
export type ImagePolicy = z.infer<typeof imagePolicySchema>;

/** The part before the first slash, which must be spelled out: "*" alone would let in every registry. */
function toExpression(pattern: string): RegExp {
  const escaped = pattern.replace(/[.[\]-]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'))}$`);
}

/** The spellings that patterns may use: "python" and "docker.io/library/python" mean the same. */
function spellings(reference: Reference): string[] {
  const name = canonicalName(reference);
  return name.startsWith('docker.io/library/') ? [name, name.slice('docker.io/library/'.length)] : [name];
}

/** Matches an image that is here also by its short name: "local/x" is docker.io/local/x. */
export const matchesPattern = (pattern: string, reference: Reference): boolean =>
  [canonicalName(reference), familiarName(reference)].some((name) => toExpression(pattern).test(name));

export const isAllowed = (reference: Reference, { allow }: Pick<ImagePolicy, 'allow'>): boolean =>
  allow.length === 0 ||
  allow.some((pattern) => spellings(reference).some((name) => toExpression(pattern).test(name)));

/**
 * Why an image must not be imported, in a sentence; null when it may be.
 * For a FROM line use `whyBaseRefused`.
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
 * Like `whyRefused`, for the FROM of a Dockerfile. An image on this machine passed the same checks, or an operator put
 * it there, so it may be built on. Every other image would be pulled.
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
    ? `"${from.slice(0, 100)}" is not the name of an image.`
    : whyRefused(reference, policy);
}

/** 127.0.0.0/8, ::1 and localhost: no one can listen in between. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** The schemes that may be used for a registry, the likelier one first. */
export function schemesOf(
  host: string,
  { insecureRegistries }: Pick<ImagePolicy, 'insecureRegistries'>,
): ('https' | 'http')[] {
  if (isLoopback(host)) return ['http', 'https'];
  return insecureRegistries.includes(host) ? ['https', 'http'] : ['https'];
}
