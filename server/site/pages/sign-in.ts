/** Signing in and out, for people. */
import { type RequestHandler, Router, urlencoded } from 'express';
import { z } from 'zod';
import { parseInput } from '../../model/parse-input.ts';
import type { AppDeps } from '../deps.ts';
import { problemOf } from '../door/error-answer.ts';
import { safeNext } from '../door/safe-next.ts';
import { userOf } from '../door/session.ts';
import type { SignInOut } from '../door/sign-in-out.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import { courseHref } from '../show/hrefs.ts';
import { nav } from '../show/nav.ts';

const formSchema = z.object({
  name: z.string().max(200),
  password: z.string(),
  code: z.string().max(100).default(''),
  next: z.string().default(''),
});
const querySchema = z.object({
  next: z.string().catch(''),
  'signed-out': z.string().optional().catch(undefined),
});

export function signInPages({ enter, leave }: SignInOut, courses: Pick<AppDeps['courses'], 'list'>): Router {
  const show: RequestHandler = async (req, res) => {
    const { t } = languageFor(res);
    const query = querySchema.parse(req.query);
    const next = safeNext(query.next);
    if (userOf(res)) return res.redirect(303, next);
    const notice = query['signed-out'] === undefined ? null : t('site.signedOut');
    render(res, 'sign-in', {
      ...nav(null, '', t('site.signIn'), notice),
      error: null,
      name: '',
      next,
      ...(await around(next)),
    });
  };

  /** A student who follows a link to a course of a learning platform has no password here. */
  const around = async (next: string) => {
    const id = /^\/courses\/([^/?#]+)/.exec(next)?.[1] ?? '';
    const course = (await courses.list()).find((one) => courseHref(one.id) === `/courses/${id}`);
    return { platformHref: course?.lti?.url ?? null };
  };

  const signIn: RequestHandler = async (req, res) => {
    const { next: wanted, ...given } = parseInput(formSchema, req.body);
    const next = safeNext(wanted);
    const answer = await enter(req, res, given);
    if (!answer.ok) {
      const { message, status, retryAfterS } = problemOf(answer.refusal, null, languageFor(res).t);
      if (retryAfterS !== null) res.set('Retry-After', String(retryAfterS));
      const page = {
        ...nav(null, '', languageFor(res).t('site.signIn')),
        error: message,
        name: given.name,
        next,
      };
      return render(res, 'sign-in', { ...page, ...(await around(next)) }, status);
    }
    res.redirect(303, next);
  };

  const signOut: RequestHandler = async (_req, res) => {
    await leave(res);
    res.redirect(303, '/sign-in?signed-out=1');
  };

  const form = urlencoded({ extended: false, limit: '16kb' });
  return Router().get('/sign-in', show).post('/sign-in', form, signIn).post('/sign-out', signOut);
}
