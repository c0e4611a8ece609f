/** Launches, limited in their refusals: guesses of a secret, or a class with a wrong one. */
import type { User } from '../model/collections.ts';
import { createBackoff } from '../people/sign-in/backoff.ts';
import { networkOf } from '../people/sign-in/network.ts';
import { refuse } from '../rules/problems.ts';
import { stopped } from '../rules/stopped-attacks.ts';
import { waitFacts } from '../rules/wait-facts.ts';
import { createLaunch, type LaunchDeps, type LaunchRequest } from './launch.ts';

/** Refused launches from one network to one course, before the next one that is refused has to wait. */
const FREE = 200;

export type Launch = (request: LaunchRequest, address: string) => Promise<User>;
type Deps = LaunchDeps & {
  /** Called with why a launch was refused, in a sentence. */
  onRefusal: (course: string, error: unknown) => void;
};

/**
 * A launch that is signed rightly is never made to wait: a whole school may share an address with one that guesses. Its
 * signature takes microseconds to check, so refusing to look would save nothing. What waits is the reason of a refusal.
 */
export function createLimitedLaunch({ onRefusal, ...deps }: Deps): Launch {
  const launch = createLaunch(deps);
  const refusals = createBackoff({ clock: deps.clock, free: FREE });
  return async (request, address) => {
    const { course } = request;
    const network = networkOf(address);
    return launch(request).catch(async (error: unknown) => {
      onRefusal(course, error);
      // Names that are made up count together: each would begin with refusals of its own.
      const isReal = (await deps.courses.get(course)) !== null;
      const waitMs = refusals.begin(`${network} ${isReal ? course : ''}`);
      if (waitMs === 0) throw error;
      stopped('launch', {
        why: 'many refused launches from one network',
        course: course.slice(0, 100),
        from: network,
      });
      return refuse('too-many-launches', waitFacts(waitMs));
    });
  };
}
