/** The page of a course's groups, and its forms. */
import { type Request, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import type { User } from '../../model/collections.ts';
import { GradeportError } from '../../rules/errors.ts';
import { problemOf } from '../door/error-answer.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import type { GroupService } from '../requests/group-service.ts';
import { parseBody } from '../requests/parse-body.ts';
import { groupsPage } from '../show/groups.ts';
import { groupsHref } from '../show/hrefs.ts';

type Place = { course: string };
type OfGroup = Place & { group: string };
const personSchema = z.object({ name: z.string().max(200) });

export function groupPages(service: GroupService): Router {
  async function page(res: Response, course: string, error: string | null, status = 200): Promise<void> {
    const user = actorOf(res);
    render(
      res,
      'groups',
      groupsPage(user, await service.show(user, course), error, languageFor(res).t),
      status,
    );
  }

  /** What cannot be done is shown on the page itself, above the groups as they are now. */
  const form =
    <P extends Place>(work: (user: User, place: P, body: unknown) => Promise<unknown>) =>
    async (req: Request<P>, res: Response): Promise<void> => {
      const { course } = req.params;
      try {
        await work(actorOf(res), req.params, req.body ?? {});
      } catch (error) {
        if (!(error instanceof GradeportError) || !['conflict', 'usage'].includes(error.code)) throw error;
        const { status, message } = problemOf(error, true, languageFor(res).t);
        return page(res, course, message, status);
      }
      res.redirect(303, groupsHref(course));
    };
  const personIn = (body: unknown): string => parseBody(personSchema, body).name;

  return Router()
    .use('/courses/:course/groups', urlencoded({ extended: false, limit: '16kb' }))
    .get('/courses/:course/groups', (req, res) => page(res, req.params.course, null))
    .post(
      '/courses/:course/groups',
      form<Place>((user, { course }, body) => service.create(user, course, body)),
    )
    .post(
      '/courses/:course/groups/:group',
      form<OfGroup>((user, { course, group }, body) => service.change(user, course, group, body)),
    )
    .post(
      '/courses/:course/groups/:group/dissolve',
      form<OfGroup>((user, { course, group }) => service.dissolve(user, course, group)),
    )
    .post(
      '/courses/:course/groups/:group/enter',
      form<OfGroup>((user, { course, group }, body) => service.enter(user, course, group, personIn(body))),
    )
    .post(
      '/courses/:course/groups/:group/leave',
      form<OfGroup>((user, { course, group }, body) => service.leave(user, course, group, personIn(body))),
    );
}
