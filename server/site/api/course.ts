import { type Request, type RequestHandler, type Response, Router } from 'express';
import { randomNumbers } from '../../courses/random-numbers.ts';
import { localiseTask } from '../../courses/translations/localise.ts';
import { GROUPLESS, partyOf } from '../../people/teams.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import type { CourseService } from '../requests/course-service.ts';
import type { Lookup } from '../requests/find-visible.ts';
import { languageOf } from '../requests/language.ts';
import { courseHref } from '../show/hrefs.ts';
import { courseJson, taskJson } from '../show/task-json.ts';

export function courseApi(
  { store, environments, config, clock }: Pick<AppDeps, 'store' | 'environments' | 'config' | 'clock'>,
  lookup: Lookup,
  service: CourseService,
): Router {
  const list: RequestHandler = async (req, res) => {
    const cards = await service.cards(actorOf(res), languageOf(req));
    res.json(
      cards.map(({ id, name, role, tasks, solved }) => ({
        id,
        name,
        role,
        tasks,
        solved,
        href: courseHref(id),
      })),
    );
  };

  async function course(req: Request<{ course: string }>, res: Response): Promise<void> {
    const found = await service.course(actorOf(res), req.params.course, languageOf(req));
    res.json(courseJson(found.course, found.context, languageFor(res).t));
  }

  async function task(req: Request<{ course: string; task: string }>, res: Response): Promise<void> {
    const user = actorOf(res);
    const found = await lookup.taskOf(user, req.params.course, req.params.task);
    const lang = languageOf(req);
    const task = localiseTask(found.task, lang);
    const party = await partyOf(store, user, task);
    const attempt = party === null ? 0 : await store.submissions.count(party.all);
    const random = randomNumbers(task, party?.seed ?? user.name, attempt);
    const viewer = { user, environments, nowMs: clock(), lang, ceilings: config.ceilings };
    const shown = await taskJson(task, viewer, languageFor(res).t);
    const closed = shown.closed ?? (party === null ? GROUPLESS : null);
    res.json({ ...shown, closed, group: party?.owner.team?.name ?? null, random });
  }

  return Router()
    .get('/courses', list)
    .get('/courses/:course', course)
    .get('/courses/:course/tasks/:task', task);
}
