/** Where to fetch a registry's token, whether the password may be sent there, and how to read the answer. Pure. */
import { z } from 'zod';
import { GradeportError } from '../../../rules/errors.ts';
import { type ImagePolicy, isLoopback, schemesOf } from '../policy.ts';
import type { Reference } from '../reference.ts';
import type { Challenge } from './challenge.ts';
import { mayLead } from './transport.ts';

export const MAX_SHORT_BYTES = 64 * 1024;
const tokenSchema = z
  .object({ token: z.string().max(MAX_SHORT_BYTES), access_token: z.string().max(MAX_SHORT_BYTES) })
  .partial();

/**
 * @param asked the address of the registry that wants a token
 * @throws GradeportError "denied" when the password must not be sent to the address of the challenge
 */
export function tokenAddress(
  reference: Reference,
  asked: URL,
  { realm, service }: Pick<Extract<Challenge, { scheme: 'bearer' }>, 'realm' | 'service'>,
  policy: Pick<ImagePolicy, 'insecureRegistries'>,
): URL {
  const address = new URL(realm);
  // The password is sent there: without TLS only if the registry itself may be asked without TLS.
  const mayBePlain = isLoopback(reference.host)
    ? isLoopback(address.host)
    : schemesOf(address.host, policy).includes('http');
  const isSafe = address.protocol === 'https:' || (asked.protocol === 'http:' && mayBePlain);
  if (!isSafe || !mayLead(asked, address)) {
    const where = isSafe ? 'which a registry elsewhere has no business with' : 'without TLS';
    throw new GradeportError(
      'denied',
      `The registry ${reference.host} wants a password sent to ${address.host}, ${where}. It is not sent.`,
    );
  }
  if (service !== null) address.searchParams.set('service', service);
  address.searchParams.set('scope', `repository:${reference.repository}:pull`);
  return address;
}

/** @returns undefined when there is no token, or it cannot stand in a header */
export function readToken(body: Buffer): string | undefined {
  const { token, access_token } = parsed(body);
  const found = token ?? access_token;
  return found !== undefined && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
}

function parsed(body: Buffer): z.infer<typeof tokenSchema> {
  try {
    return tokenSchema.parse(JSON.parse(body.toString('utf8')));
  } catch (error) {
    throw new GradeportError('conflict', 'What the registry sends as a token is malformed.', {
      cause: error,
    });
  }
}
