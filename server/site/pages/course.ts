/** The courses of a user, the courses that they may join, and one course with its tasks. */
import { type Request, type RequestHandler, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import { parseInput } from '../../model/parse-input.ts';
import { granted } from '../../model/verb.ts';
import { comeBack, joinCourse, leaveCourse, type MembershipDeps } from '../../people/course-verbs.ts';
import { problemOf } from '../door/error-answer.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import type { CourseService } from '../requests/course-service.ts';
import { languageOf } from '../requests/language.ts';
import { coursePage } from '../show/course.ts';
import { courseHref } from '../show/hrefs.ts';
import { nav } from '../show/nav.ts';

type Place = { course: string };
type Refusal = { course: string; message: string };
/** The password that a course may ask for. */
const joinSchema = z.object({ password: z.string().optional() });

export function coursePages(service: CourseService, deps: MembershipDeps): Router {
  async function page(res: Response, lang: string, refusal: Refusal | null) {
    const user = actorOf(res);
    const [courses, joinable, left] = await Promise.all([
      service.cards(user, lang),
      service.joinable(user, lang),
      service.left(user, lang),
    ]);
    const shown = joinable.map((one) => ({
      ...one,
      error: one.id === refusal?.course ? refusal.message : null,
    }));
    return { ...nav(user, 'courses', languageFor(res).t('courses.courses')), courses, joinable: shown, left };
  }

  const list: RequestHandler = async (req, res) => {
    render(res, 'courses', await page(res, languageOf(req), null));
  };

  const show = async (req: Request<Place>, res: Response): Promise<void> => {
    const { course, context } = await service.course(actorOf(res), req.params.course, languageOf(req));
    const isKept = req.query['kept'] !== undefined;
    render(res, 'course', await coursePage(course, context, languageFor(res).t, isKept));
  };

  const join = async (req: Request<Place>, res: Response): Promise<void> => {
    const user = actorOf(res);
    const { course } = req.params;
    const answer = await joinCourse(deps, user, { ...parseInput(joinSchema, req.body ?? {}), course });
    if (answer.ok) return res.redirect(303, courseHref(course));
    const { status, message, retryAfterS } = problemOf(answer.refusal, user, languageFor(res).t);
    if (retryAfterS !== null) res.set('Retry-After', String(retryAfterS));
    render(res, 'courses', await page(res, languageOf(req), { course, message }), status);
  };

  const leave = async (req: Request<Place>, res: Response): Promise<void> => {
    await granted(leaveCourse(deps, actorOf(res), req.params));
    res.redirect(303, '/courses');
  };

  const back = async (req: Request<Place>, res: Response): Promise<void> => {
    await granted(comeBack(deps, actorOf(res), req.params));
    res.redirect(303, courseHref(req.params.course));
  };

  const form = urlencoded({ extended: false, limit: '16kb' });
  return Router()
    .get('/', (_req, res) => res.redirect(303, '/courses'))
    .get('/courses', list)
    .get('/courses/:course', show)
    .post('/courses/:course/join', form, join)
    .post('/courses/:course/leave', leave)
    .post('/courses/:course/come-back', back);
}
