/** The form "About you" of a course. It stands on the course's page. */
import { type Request, type Response, Router, urlencoded } from 'express';
import { keepSettings, type SettingsDeps } from '../../people/course-verbs.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import type { CourseService } from '../requests/course-service.ts';
import { languageOf } from '../requests/language.ts';
import { coursePage } from '../show/course.ts';
import { courseHref } from '../show/hrefs.ts';

type Place = { course: string };

export function settingsPages(deps: SettingsDeps, courses: CourseService): Router {
  async function keep(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const { course: id } = req.params;
    const values = new Map<string, unknown>(Object.entries(req.body ?? {}));
    const given = { course: id, values: Object.fromEntries(values), isForm: true };
    const answer = await keepSettings(deps, user, given);
    if (answer.ok) return res.redirect(303, `${courseHref(id)}?kept=1#about-you`);
    const { faults } = answer.refusal.facts;
    const { course, context } = await courses.course(user, id, languageOf(req));
    render(
      res,
      'course',
      await coursePage(course, { ...context, typed: { values, faults } }, languageFor(res).t),
      422,
    );
  }

  return Router().post(
    '/courses/:course/settings',
    urlencoded({ extended: false, limit: '64kb', parameterLimit: 200 }),
    keep,
  );
}
