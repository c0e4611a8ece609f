/** How often, and how much, one user may hand in: to all tasks together, quizzes too. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { SubmittedAnswers } from '../../model/answers.ts';
import type { User } from '../../model/collections.ts';
import { refuse } from '../../rules/problems.ts';
import { stopped } from '../../rules/stopped-attacks.ts';
import { waitFacts } from '../../rules/wait-facts.ts';
import { bytesText } from '../../text/quantities.ts';
import { sizeOfAnswers } from './sizes.ts';

export type PaceBounds = { perMinute: number; bytesPerHour: number };
export type Pace = {
  /** Counts a submission before anything is read from the store for it. */
  once(user: Pick<User, 'id' | 'name'>): Promise<void>;
  /** Counts what is about to be stored. */
  bytes(user: Pick<User, 'id' | 'name'>, answers: SubmittedAnswers): Promise<void>;
};

export function createPace({ perMinute, bytesPerHour }: PaceBounds): Pace {
  const often = new RateLimiterMemory({ points: perMinute, duration: 60 });
  const much = new RateLimiterMemory({ points: bytesPerHour, duration: 3600 });
  return {
    once: ({ id, name }) =>
      take(often, id, 1, (ms) => {
        stopped('flood', { why: `more than ${perMinute} submissions a minute`, user: name });
        refuse('submits-often', { most: perMinute, ...waitFacts(ms) });
      }),
    bytes: ({ id, name }, answers) =>
      take(much, id, sizeOfAnswers(answers), (ms) => {
        const most = bytesText(bytesPerHour);
        stopped('flood', { why: `submissions of more than ${most} an hour`, user: name });
        refuse('submits-much', { most, ...waitFacts(ms) });
      }),
  };
}

/** What is refused does not count: a client that keeps asking is let in when its time has come. */
async function take(
  limiter: RateLimiterMemory,
  key: string,
  points: number,
  refused: (ms: number) => void,
): Promise<void> {
  const now = await limiter.get(key);
  const before = now?.consumedPoints ?? 0;
  if (before + points > limiter.points) return refused(now?.msBeforeNext ?? limiter.msDuration);
  await limiter.consume(key, points).catch((error: unknown) => {
    if (!(error instanceof RateLimiterRes)) throw error;
    refused(error.msBeforeNext);
  });
}
