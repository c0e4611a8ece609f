import { RateLimiterRes } from 'rate-limiter-flexible';
import { refuse } from '../rules/problems.ts';
import { durationText } from '../text/quantities.ts';

/** Refuses an attempt that a rate limiter rejects. */
export const refuseAs =
  (problem: 'too-many-course-passwords' | 'too-many-launches' | 'too-many-sign-ins') =>
  (error: unknown): never => {
    if (!(error instanceof RateLimiterRes)) throw error;
    return refuse(problem, { wait: durationText(error.msBeforeNext) });
  };
