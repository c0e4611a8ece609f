/** The form "About you" of a course. It stands on the course's page. */
import { type Request, type Response, Router, urlencoded } from 'express';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import type { CourseService } from '../requests/course-service.ts';
import { languageOf } from '../requests/language.ts';
import type { SettingsService } from '../requests/settings-service.ts';
import { coursePage } from '../show/course.ts';
import { courseHref } from '../show/hrefs.ts';

type Place = { course: string };

export function settingsPages(service: SettingsService, courses: CourseService): Router {
  async function keep(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const values = new Map(Object.entries(req.body ?? {}));
    const faults = await service.keep(user, req.params.course, { values, isForm: true });
    if (faults === null) return res.redirect(303, `${courseHref(req.params.course)}?kept=1#about-you`);
    const { course, context } = await courses.course(user, req.params.course, languageOf(req));
    render(
      res,
      'course',
      coursePage(course, { ...context, typed: { values, faults } }, languageFor(res).t),
      422,
    );
  }

  return Router().post(
    '/courses/:course/settings',
    urlencoded({ extended: false, limit: '64kb', parameterLimit: 200 }),
    keep,
  );
}
