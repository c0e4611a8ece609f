import { type Request, type RequestHandler, type Response, Router } from 'express';
import { localiseTask } from '../../courses/localise.ts';
import type { CourseService } from '../course-service.ts';
import type { AppDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import type { Lookup } from '../lookup.ts';
import { actorOf } from '../session.ts';
import { courseHref } from '../views/hrefs.ts';
import { courseJson, taskJson } from '../views/task-json.ts';

export function courseApi(
  { environments, config, clock }: AppDeps,
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
    res.json(courseJson(found.course, found.context));
  }

  async function task(req: Request<{ course: string; task: string }>, res: Response): Promise<void> {
    const user = actorOf(res);
    const found = await lookup.taskOf(user, req.params.course, req.params.task);
    const lang = languageOf(req);
    const task = localiseTask(found.task, lang);
    res.json(taskJson(task, { user, environments, nowMs: clock(), lang, ceilings: config.ceilings }));
  }

  return Router()
    .get('/courses', list)
    .get('/courses/:course', course)
    .get('/courses/:course/tasks/:task', task);
}
