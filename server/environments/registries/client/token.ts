/** Where a registry's token is fetched, whether the password may go there, and what came back. Pure. */
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
 * @throws GradeportError "denied" when the password must not go where it points
 */
export function tokenAddress(
  reference: Reference,
  asked: URL,
  { realm, service }: Pick<Extract<Challenge, { scheme: 'bearer' }>, 'realm' | 'service'>,
  policy: Pick<ImagePolicy, 'insecureRegistries'>,
): URL {
  const address = new URL(realm);
  // The password goes there: without TLS only where the registry itself may be asked so.
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

/** undefined: there is none, or none that a header can carry. */
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
