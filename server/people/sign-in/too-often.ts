import { RateLimiterRes } from 'rate-limiter-flexible';
import { refuse } from '../../rules/problems.ts';
import { waitFacts } from '../../rules/wait-facts.ts';

/** Refuses an attempt that a rate limiter rejects. */
export const refuseAs =
  (problem: 'too-many-course-passwords') =>
  (error: unknown): never => {
    if (!(error instanceof RateLimiterRes)) throw error;
    return refuse(problem, waitFacts(error.msBeforeNext));
  };
