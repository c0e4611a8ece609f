/** Checks a name and a password, and limits the attempts of guessers. */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { User } from '../model/collections.ts';
import { refuse } from '../rules/problems.ts';
import { networkOf } from './network.ts';
import { verifyPassword } from './passwords.ts';
import { refuseAs } from './too-often.ts';
import { MAX_PASSWORD_LENGTH, type Users } from './users.ts';

const WINDOW_S = 15 * 60;
/** Wrong passwords within the window; a whole class may sit behind one address. */
const LIMITS = { perName: 10, perAddress: 300 };

export type SignIn = (name: string, password: string, address: string) => Promise<User>;

const tooMany = refuseAs('too-many-sign-ins');

/** Refuses with "denied" (one sentence for unknown name and wrong password) or "busy" (too many attempts). */
export function createSignIn({ findByName }: Pick<Users, 'findByName'>, limits = LIMITS): SignIn {
  const perName = new RateLimiterMemory({ points: limits.perName, duration: WINDOW_S });
  const perAddress = new RateLimiterMemory({ points: limits.perAddress, duration: WINDOW_S });

  return async (name, password, address) => {
    const network = networkOf(address);
    // Bounded, because it is remembered; a longer text cannot be a name.
    const key = `${name.trim().toLowerCase().slice(0, 65)} ${network}`;
    // Counted before the check and returned after a success: a hundred parallel guesses gain nothing.
    await perAddress.consume(network).catch(tooMany);
    await perName.consume(key).catch(tooMany);
    const user = await findByName(name);
    const matches = await verifyPassword(
      user?.passwordHash ?? null,
      password.slice(0, MAX_PASSWORD_LENGTH + 1),
    );
    if (!user || !matches) return refuse('wrong-sign-in', {});
    await perName.delete(key);
    await perAddress.reward(network);
    return user;
  };
}
