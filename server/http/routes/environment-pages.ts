import { type Request, type Response, Router } from 'express';
import { can } from '../../core/access.ts';
import { GradeportError } from '../../core/errors.ts';
import type { Environment, EnvironmentCatalogue } from '../../environments/environment.ts';
import { whyNewer } from '../../environments/sharing/update-plan.ts';
import { useOf } from '../../environments/use.ts';
import type { CourseService } from '../course-service.ts';
import type { AppDeps } from '../deps.ts';
import { render } from '../render.ts';
import type { RevisionService } from '../revision-service.ts';
import { audienceOf, seenBy, seenEnvironments } from '../seen-environments.ts';
import { actorOf } from '../session.ts';
import { buildRows } from '../views/build.ts';
import { environmentView } from '../views/environment.ts';
import { environmentUse } from '../views/environment-use.ts';
import { environmentPaths, taskHref } from '../views/hrefs.ts';
import { nav } from '../views/nav.ts';
import { revisionsView } from '../views/revisions.ts';
import { layerViews } from '../views/sharing.ts';

export function findEnvironment(environments: EnvironmentCatalogue, name: string): Environment {
  const found = environments.find(name);
  if (found) return found;
  throw new GradeportError('not-found', `There is no environment "${name}" here.`);
}

export function environmentPages(deps: AppDeps, service: CourseService, revisions: RevisionService): Router {
  const { environments, slots, builds, store, clock, sharing, updates } = deps;

  async function show(req: Request<{ name: string }>, res: Response): Promise<void> {
    const user = actorOf(res);
    const found = findEnvironment(environments, req.params.name);
    const audience = audienceOf(user);
    const environment = environmentView(seenBy(audience, found, environments.engine()), clock(), {
      newer: audience === 'operators' ? whyNewer(updates)(found) : null,
      beside:
        seenEnvironments(environments, audience).find((one) => one.environment.name === found.name)?.beside ??
        [],
    });
    const { keys } = slots.stats();
    const own = keys.filter((key) => key.environment === found.name);
    const waiting = own.reduce((sum, { idle }) => sum + idle, 0);
    const using = await service.tasksUsing(user, [found.name, ...found.aliases]);
    // Commands may hold what only builders should see; and without an engine the page is there all the same.
    const steps = can(user, 'build-environments', null)
      ? await sharing.images.history(found.digest).catch(() => [])
      : [];
    const tasks = using.map(({ course, task }) => ({
      name: `${course.name}: ${task.name}`,
      href: taskHref(course.id, task.id),
    }));
    const history = await revisions.find(user, found.name);
    const places = using.map(({ course, task }) => ({ course: course.id, task: task.id }));
    render(res, 'environment', {
      ...nav(user, 'environments', environment.title),
      environment,
      tasks,
      slots: waiting,
      layers: layerViews(steps, clock()),
      builds: buildRows(user, await builds.sources.list(found.name)),
      revisions: history && revisionsView(history, user, found.name, places),
      use: environmentUse(await useOf(store.runs, found.name, clock())),
    });
  }

  return Router().get(environmentPaths(), show);
}
