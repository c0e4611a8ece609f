/** Signing in and out, for people. */
import { type RequestHandler, Router, urlencoded } from 'express';
import { z } from 'zod';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';
import { problemOf } from '../door/error-answer.ts';
import { safeNext } from '../door/safe-next.ts';
import { userOf } from '../door/session.ts';
import type { SignInOut } from '../door/sign-in-out.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import { parseBody } from '../requests/parse-body.ts';
import { courseHref } from '../show/hrefs.ts';
import { nav } from '../show/nav.ts';

const formSchema = z.object({
  name: z.string().max(200),
  password: z.string(),
  next: z.string().default(''),
});
const querySchema = z.object({
  next: z.string().catch(''),
  'signed-out': z.string().optional().catch(undefined),
});

export function signInPages({ enter, leave }: SignInOut, courses: AppDeps['courses']): Router {
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

  /** Who follows a link to a course of a learning platform has no password here. */
  const around = async (next: string) => {
    const id = /^\/courses\/([^/?#]+)/.exec(next)?.[1] ?? '';
    const course = (await courses.list()).find((one) => courseHref(one.id) === `/courses/${id}`);
    return { platformHref: course?.lti?.url ?? null };
  };

  const signIn: RequestHandler = async (req, res) => {
    const form = parseBody(formSchema, req.body);
    const next = safeNext(form.next);
    try {
      await enter(req, res, form.name, form.password);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const { message, status, retryAfterS } = problemOf(error, false, languageFor(res).t);
      if (retryAfterS !== null) res.set('Retry-After', String(retryAfterS));
      const page = {
        ...nav(null, '', languageFor(res).t('site.signIn')),
        error: message,
        name: form.name,
        next,
        ...(await around(next)),
      };
      return render(res, 'sign-in', page, status);
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

function isRefusal(error: unknown): boolean {
  return error instanceof GradeportError && (error.code === 'denied' || error.code === 'busy');
}
