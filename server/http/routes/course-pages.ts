/** The courses of a user, and one course with its tasks. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { CourseService } from '../course-service.ts';
import { languageOf } from '../language.ts';
import { render } from '../render.ts';
import { actorOf } from '../session.ts';
import { coursePage } from '../views/course.ts';
import { nav } from '../views/nav.ts';

export function coursePages(service: CourseService): Router {
  const list: RequestHandler = async (req, res) => {
    const user = actorOf(res);
    const courses = await service.cards(user, languageOf(req));
    render(res, 'courses', { ...nav(user, 'courses', 'Courses'), courses });
  };

  const show = async (req: Request<{ course: string }>, res: Response): Promise<void> => {
    const { course, context } = await service.course(actorOf(res), req.params.course, languageOf(req));
    render(res, 'course', coursePage(course, context));
  };

  return Router()
    .get('/', (_req, res) => res.redirect(303, '/courses'))
    .get('/courses', list)
    .get('/courses/:course', show);
}
