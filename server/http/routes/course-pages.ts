/** The courses of a user, and one course with its tasks. */
import { type RequestHandler, Router } from 'express';
import type { CourseService } from '../course-service.ts';
import { render } from '../render.ts';
import { actorOf } from '../session.ts';
import { coursePage } from '../views/course.ts';
import { nav } from '../views/nav.ts';

export function coursePages(service: CourseService): Router {
  const list: RequestHandler = async (_req, res) => {
    const user = actorOf(res);
    const courses = await service.cards(user);
    render(res, 'courses', { ...nav(user, 'courses', 'Courses'), courses });
  };

  const show: RequestHandler<{ course: string }> = async (req, res) => {
    const { course, context } = await service.course(actorOf(res), req.params.course);
    render(res, 'course', coursePage(course, context));
  };

  return Router()
    .get('/', (_req, res) => res.redirect(303, '/courses'))
    .get('/courses', list)
    .get('/courses/:course', show);
}
