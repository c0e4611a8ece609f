/** One attempt to send a grade to a learning platform. */
import { randomUUID } from 'node:crypto';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import type { GradeReturn } from '../model/lti.ts';
import { GradeportError } from '../rules/errors.ts';
import { plainLine } from '../text/hostile.ts';
import { authorizationFor } from './oauth.ts';
import type { Post } from './post.ts';
import { replaceResult, scoreText, whyNotTaken } from './pox.ts';

const MAX_ERROR = 400;

export type SendDeps = {
  courses: Pick<CourseCatalogue, 'get'>;
  post: Post;
  clock: () => number;
  stop: AbortSignal;
};

/** away: the platform did not answer, so the next request would fail, too. */
export type Sent = { error: null } | { error: string; away: boolean };

const refused = (error: string): Sent => ({ error, away: false });

/** @param percent 0 to 100 */
export async function sendGrade(
  { courses, post, clock, stop }: SendDeps,
  { course, place }: Pick<GradeReturn, 'course' | 'place'>,
  percent: number,
): Promise<Sent> {
  const secret = (await courses.get(course))?.lti?.secretOf(place.key) ?? null;
  if (secret === null)
    return refused(`course.yaml has no secret for the key "${place.key.slice(0, 60)}" any more`);
  if (!/^https?:\/\//i.test(place.url) || !URL.canParse(place.url))
    return refused('its address is none of the web');
  const url = new URL(place.url);
  const body = replaceResult(randomUUID(), place.sourcedId, scoreText(percent));
  const signing = { key: place.key, secret, timestamp: Math.floor(clock() / 1000), nonce: randomUUID() };
  const headers = { 'content-type': 'application/xml', authorization: authorizationFor(url, body, signing) };
  try {
    const answer = await post(url, headers, body, stop);
    const why = whyNotTaken(answer.status, answer.body);
    return why === null ? { error: null } : refused(why);
  } catch (error) {
    if (!(error instanceof GradeportError)) throw error;
    return { error: plainLine(error.message, MAX_ERROR), away: error.code === 'unreachable' };
  }
}
