/** Checking a name and a password, slowly enough for those who guess. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { User } from '../model/collections.ts';
import { GradeportError } from '../rules/errors.ts';
import { durationText } from '../text/quantities.ts';
import { networkOf } from './network.ts';
import { verifyPassword } from './passwords.ts';
import { MAX_PASSWORD_LENGTH, type Users } from './users.ts';

const WINDOW_S = 15 * 60;
/** Wrong passwords within the window; a whole class may sit behind one address. */
const LIMITS = { perName: 10, perAddress: 300 };

export type SignIn = (name: string, password: string, address: string) => Promise<User>;

/** Fails with "denied" (one sentence for unknown name and wrong password) or "busy" (too many attempts). */
export function createSignIn({ findByName }: Pick<Users, 'findByName'>, limits = LIMITS): SignIn {
  const perName = new RateLimiterMemory({ points: limits.perName, duration: WINDOW_S });
  const perAddress = new RateLimiterMemory({ points: limits.perAddress, duration: WINDOW_S });

  return async (name, password, address) => {
    const network = networkOf(address);
    // Bounded, because it is remembered; no longer text is a name.
    const key = `${name.trim().toLowerCase().slice(0, 65)} ${network}`;
    // Counted before the check and given back after a success: a hundred guesses at once gain nothing.
    await spend(perAddress, network);
    await spend(perName, key);
    const user = await findByName(name);
    const matches = await verifyPassword(
      user?.passwordHash ?? null,
      password.slice(0, MAX_PASSWORD_LENGTH + 1),
    );
    if (!user || !matches) throw new GradeportError('denied', 'The name or the password is wrong.');
    await perName.delete(key);
    await perAddress.reward(network);
    return user;
  };
}

async function spend(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw new GradeportError(
      'busy',
      `Too many attempts to sign in: try again in ${durationText(error.msBeforeNext)}.`,
    );
  }
}
