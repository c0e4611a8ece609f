/** The page of a course's groups, and its forms. */
import { type Request, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import type { User } from '../../model/collections.ts';
import { parseInput } from '../../model/parse-input.ts';
import { type Answer, granted } from '../../model/verb.ts';
import {
  changeGroup,
  createGroup,
  dissolveGroup,
  enterGroup,
  type GroupDeps,
  leaveGroup,
  showGroups,
} from '../../people/group-verbs.ts';
import { GradeportError } from '../../rules/errors.ts';
import { problemOf } from '../door/error-answer.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import { groupsPage } from '../show/groups.ts';
import { groupsHref } from '../show/hrefs.ts';

type Place = { course: string };
type OfGroup = Place & { group: string };
type Verb = (deps: GroupDeps, who: User, given: unknown) => Promise<Answer<unknown>>;
const formSchema = z.record(z.string(), z.unknown());

export function groupPages(deps: GroupDeps): Router {
  async function page(res: Response, course: string, refusal: GradeportError | null): Promise<void> {
    const user = actorOf(res);
    const { t } = languageFor(res);
    const shown = await granted(showGroups(deps, user, { course }));
    const problem = refusal && problemOf(refusal, user, t);
    render(res, 'groups', groupsPage(user, shown, problem?.message ?? null, t), problem?.status ?? 200);
  }

  /** A refused action is shown on the page itself, above the current groups. */
  const form =
    (verb: Verb) =>
    async (req: Request<Place> | Request<OfGroup>, res: Response): Promise<void> => {
      const { course } = req.params;
      const input = { ...parseInput(formSchema, req.body ?? {}), ...req.params };
      const refusal = await verb(deps, actorOf(res), input).then(
        (answer) => (answer.ok ? null : answer.refusal),
        unlessMalformed,
      );
      if (refusal) await page(res, course, refusal);
      else res.redirect(303, groupsHref(course));
    };

  const [all, one] = ['/courses/:course/groups', '/courses/:course/groups/:group'] as const;
  return Router()
    .use(all, urlencoded({ extended: false, limit: '16kb' }))
    .get(all, (req, res) => page(res, req.params.course, null))
    .post(all, form(createGroup))
    .post(one, form(changeGroup))
    .post(`${one}/dissolve`, form(dissolveGroup))
    .post(`${one}/enter`, form(enterGroup))
    .post(`${one}/leave`, form(leaveGroup));
}

function unlessMalformed(error: unknown): GradeportError {
  if (error instanceof GradeportError && error.code === 'usage') return error;
  throw error;
}
