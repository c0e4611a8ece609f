/** Launches, limited in their refusals: guesses of a secret, or a class with a wrong one. */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { User } from '../model/collections.ts';
import { networkOf } from '../people/network.ts';
import { refuseAs } from '../people/too-often.ts';
import { createLaunch, type LaunchDeps, type LaunchRequest } from './launch.ts';

/** Refused launches from one network to one course. */
const REFUSALS = { points: 200, duration: 15 * 60 };

export type Launch = (request: LaunchRequest, address: string) => Promise<User>;
type Deps = LaunchDeps & {
  /** Called with why a launch was refused, in a sentence. */
  onRefusal: (course: string, error: unknown) => void;
};

export function createLimitedLaunch({ onRefusal, ...deps }: Deps): Launch {
  const launch = createLaunch(deps);
  const refusals = new RateLimiterMemory(REFUSALS);
  return async (request, address) => {
    const { course } = request;
    const from = `${networkOf(address)} ${course.slice(0, 100)}`;
    await refusals.consume(from).catch(refuseAs('too-many-launches'));
    const user = await launch(request).catch((error: unknown) => {
      onRefusal(course, error);
      throw error;
    });
    await refusals.reward(from);
    return user;
  };
}
