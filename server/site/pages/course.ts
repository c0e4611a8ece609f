/** The courses of a user, those that one may join, and one course with its tasks. */
import { type Request, type RequestHandler, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import { GradeportError } from '../../rules/errors.ts';
import { problemOf } from '../door/error-answer.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import type { CourseService } from '../requests/course-service.ts';
import { languageOf } from '../requests/language.ts';
import { parseBody } from '../requests/parse-body.ts';
import { coursePage } from '../show/course.ts';
import { courseHref } from '../show/hrefs.ts';
import { nav } from '../show/nav.ts';

type Place = { course: string };
type Refusal = { course: string; message: string };
const joinSchema = z.object({ password: z.string().max(1000).default('') });

export function coursePages(service: CourseService): Router {
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
    render(res, 'course', coursePage(course, context, languageFor(res).t, req.query['kept'] !== undefined));
  };

  const join = async (req: Request<Place>, res: Response): Promise<void> => {
    const user = actorOf(res);
    const { password } = parseBody(joinSchema, req.body ?? {});
    const { course } = req.params;
    try {
      await service.join(user, course, password);
    } catch (error) {
      if (!(error instanceof GradeportError) || !['denied', 'busy'].includes(error.code)) throw error;
      const { status, message, retryAfterS } = problemOf(error, true, languageFor(res).t);
      if (retryAfterS !== null) res.set('Retry-After', String(retryAfterS));
      return render(res, 'courses', await page(res, languageOf(req), { course, message }), status);
    }
    res.redirect(303, courseHref(course));
  };

  const leave = async (req: Request<Place>, res: Response): Promise<void> => {
    await service.leave(actorOf(res), req.params.course);
    res.redirect(303, '/courses');
  };

  const comeBack = async (req: Request<Place>, res: Response): Promise<void> => {
    await service.comeBack(actorOf(res), req.params.course);
    res.redirect(303, courseHref(req.params.course));
  };

  const form = urlencoded({ extended: false, limit: '16kb' });
  return Router()
    .get('/', (_req, res) => res.redirect(303, '/courses'))
    .get('/courses', list)
    .get('/courses/:course', show)
    .post('/courses/:course/join', form, join)
    .post('/courses/:course/leave', leave)
    .post('/courses/:course/come-back', comeBack);
}
