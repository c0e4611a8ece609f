import { RateLimiterRes } from 'rate-limiter-flexible';
import { refuse, type WaitFacts } from '../../rules/problems.ts';
import { durationText } from '../../text/quantities.ts';

/** How long to wait, for a sentence and for Retry-After. */
export const waitFacts = (ms: number): WaitFacts => ({
  wait: durationText(Math.ceil(ms / 1000) * 1000),
  waitS: Math.max(1, Math.ceil(ms / 1000)),
});

/** Refuses an attempt that a rate limiter rejects. */
export const refuseAs =
  (problem: 'too-many-course-passwords' | 'too-many-launches') =>
  (error: unknown): never => {
    if (!(error instanceof RateLimiterRes)) throw error;
    return refuse(problem, waitFacts(error.msBeforeNext));
  };
