/** Joining a course by oneself, where it allows that. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { mayJoin } from '../../courses/inginious/registration.ts';
import type { Course } from '../../courses/task.ts';
import type { User } from '../../model/collections.ts';
import type { Users } from '../../people/users.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { durationText } from '../../text/quantities.ts';
import { TooManyAttempts } from '../door/error-answer.ts';

/** Wrong passwords of one account within the window. */
const GUESSES = { points: 20, duration: 15 * 60 };

export const isJoinable = (user: User, { id, registration }: Course, nowMs: number): boolean =>
  registration !== null &&
  // Who comes from a learning platform is in the course that it sends them to, and in no other.
  user.lti === undefined &&
  can(user, 'join-course', { course: id, opening: registration.access, now: nowMs }) &&
  mayJoin(registration, user);

export function createJoin({ setRole }: Pick<Users, 'setRole'>) {
  const guesses = new RateLimiterMemory(GUESSES);

  /** Fails with "denied" for a wrong password and "busy" after too many. The course is one that `isJoinable`. */
  return async (user: User, { id, registration }: Course, password: string): Promise<void> => {
    const wanted = registration?.password ?? null;
    if (wanted !== null) {
      await guesses.consume(user.id).catch(tooMany);
      if (!equal(password, wanted))
        throw new GradeportError('denied', 'The password of the course is wrong.');
      await guesses.reward(user.id);
    }
    await setRole(user.id, id, 'student');
  };
}

function tooMany(error: unknown): never {
  if (!(error instanceof RateLimiterRes)) throw error;
  const sentence = `Too many wrong passwords: try again in ${durationText(error.msBeforeNext)}.`;
  throw new TooManyAttempts(new GradeportError('busy', sentence));
}

/** In the same time, however much of it is right. */
const equal = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
