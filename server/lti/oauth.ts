/** Signatures of OAuth 1.0 (RFC 5849 §3.4) with HMAC-SHA1, as LTI 1.1 uses them: key and secret, no tokens. Pure. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export type Pair = readonly [name: string, value: string];

/** §3.6: everything but the unreserved characters; encodeURIComponent leaves a few more as they are. */
const percentEncoded = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** §3.4.1.3.2: encoded first, then in the order of their bytes. */
function normalised(pairs: readonly Pair[]): string {
  const encoded = pairs
    .filter(([name]) => name !== 'oauth_signature' && name !== 'realm')
    .map(([name, value]): Pair => [percentEncoded(name), percentEncoded(value)]);
  encoded.sort((a, b) => order(a[0], b[0]) || order(a[1], b[1]));
  return encoded.map((pair) => pair.join('=')).join('&');
}

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** §3.4.1.1. @param pairs of the query, of the form and of the header; the URL's own query is ignored */
export function baseString(
  method: string,
  url: { origin: string; path: string },
  pairs: readonly Pair[],
): string {
  return [method.toUpperCase(), url.origin + url.path, normalised(pairs)].map(percentEncoded).join('&');
}

/** §3.4.2; an OAuth token's secret would follow the "&". */
export const signatureOf = (base: string, secret: string): string =>
  createHmac('sha1', `${percentEncoded(secret)}&`)
    .update(base)
    .digest('base64');

/** Compares in constant time. */
export const isSignature = (given: string, expected: string): boolean =>
  timingSafeEqual(sha256(given), sha256(expected));
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

export type Signing = { key: string; secret: string; timestamp: number; nonce: string };

/** The Authorization header for a body that is not a form: it signs the hash ("OAuth Request Body Hash 1.0"). */
export function authorizationFor(url: URL, body: string, { key, secret, timestamp, nonce }: Signing): string {
  const pairs: Pair[] = [
    ['oauth_body_hash', createHash('sha1').update(body).digest('base64')],
    ['oauth_consumer_key', key],
    ['oauth_nonce', nonce],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', String(timestamp)],
    ['oauth_version', '1.0'],
  ];
  const place = { origin: url.origin, path: url.pathname };
  const signature = signatureOf(baseString('POST', place, [...url.searchParams, ...pairs]), secret);
  const parts = [...pairs, ['oauth_signature', signature] as const];
  return `OAuth ${parts.map(([name, value]) => `${name}="${percentEncoded(value)}"`).join(', ')}`;
}
