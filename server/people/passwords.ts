/** Passwords as argon2id hashes, with OWASP's minimum: 19 MiB, two passes, one lane. */
import { hash, verify } from '@node-rs/argon2';

const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** A character may be typed as one code point or as two; both must be the same password. */
const normal = (password: string): string => password.normalize('NFKC');
/** A hash that matches no password: checked for unknown users, so that both answers take equally long. */
let dummy: Promise<string> | null = null;

export const hashPassword = (password: string): Promise<string> => hash(normal(password), COST);

/** @param expected the user's hash, or null for an unknown user: then false, after the same work */
export async function verifyPassword(expected: string | null, password: string): Promise<boolean> {
  dummy ??= hashPassword(crypto.randomUUID());
  const matches = await verify(expected ?? (await dummy), normal(password));
  return expected !== null && matches;
}
