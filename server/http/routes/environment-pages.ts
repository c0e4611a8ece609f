import { parse } from 'cookie';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { GradeportError } from '../../core/errors.ts';
import type { Environment, EnvironmentCatalogue } from '../../environments/environment.ts';
import { useOf } from '../../environments/use.ts';
import type { CourseService } from '../course-service.ts';
import type { AppDeps } from '../deps.ts';
import { isHttps } from '../https.ts';
import { render } from '../render.ts';
import { actorOf } from '../session.ts';
import { environmentList, environmentView } from '../views/environment.ts';
import { environmentsPage, type ListView, readFilter, readView } from '../views/environment-list.ts';
import { environmentUse } from '../views/environment-use.ts';
import { taskHref } from '../views/hrefs.ts';
import { nav } from '../views/nav.ts';

export function findEnvironment(environments: EnvironmentCatalogue, name: string): Environment {
  const found = environments.find(name);
  if (found) return found;
  throw new GradeportError('not-found', `There is no environment "${name}" here.`);
}

/** Cards or table: what was chosen last, kept by the browser. */
const VIEW_COOKIE = 'gradeport_environments';
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

export function environmentPages(deps: AppDeps, service: CourseService): Router {
  const { environments, slots, store, config, clock } = deps;

  const list: RequestHandler = (req, res) => {
    const page = nav(actorOf(res), 'environments', 'Environments');
    const view = viewOf(req, res);
    const all = environmentList(environments, clock());
    render(res, 'environments', { ...page, ...environmentsPage(all, readFilter(req.query), view) });
  };

  function viewOf(req: Request, res: Response): ListView {
    const chosen = readView(req.query['view']);
    if (chosen === null) return readView(parse(req.headers.cookie ?? '')[VIEW_COOKIE]) ?? 'cards';
    const options = { httpOnly: true, sameSite: 'lax', secure: isHttps(config) } as const;
    res.cookie(VIEW_COOKIE, chosen, { ...options, path: '/environments', maxAge: YEAR_MS });
    return chosen;
  }

  async function show(req: Request<{ name: string }>, res: Response): Promise<void> {
    const user = actorOf(res);
    const found = findEnvironment(environments, req.params.name);
    const environment = environmentView(found, clock());
    const { keys } = slots.stats();
    const own = keys.filter((key) => key.environment === found.name);
    const waiting = own.reduce((sum, { idle }) => sum + idle, 0);
    const using = await service.tasksUsing(user, [found.name, ...found.aliases]);
    const tasks = using.map(({ course, task }) => ({
      name: `${course.name}: ${task.name}`,
      href: taskHref(course.id, task.id),
    }));
    render(res, 'environment', {
      ...nav(user, 'environments', environment.title),
      environment,
      tasks,
      slots: waiting,
      use: environmentUse(await useOf(store.runs, found.name, clock())),
    });
  }

  return Router().get('/environments', list).get('/environments/:name', show);
}
