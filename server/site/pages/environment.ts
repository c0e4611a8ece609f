import { type Request, type Response, Router } from 'express';
import type { Environment, EnvironmentCatalogue } from '../../environments/discovery/environment.ts';
import { whyNewer } from '../../environments/updates/update-plan.ts';
import { useOf } from '../../environments/usage-per-day.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import type { CourseService } from '../requests/course-service.ts';
import type { RevisionService } from '../requests/revision-service.ts';
import { buildRows } from '../show/environments/build.ts';
import { environmentView } from '../show/environments/environment.ts';
import { environmentUse } from '../show/environments/environment-use.ts';
import { revisionsView } from '../show/environments/revisions.ts';
import { audienceOf, seenBy, seenEnvironments } from '../show/environments/seen-environments.ts';
import { layerViews } from '../show/environments/sharing.ts';
import { environmentPaths, taskHref } from '../show/hrefs.ts';
import { nav } from '../show/nav.ts';

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
    const language = languageFor(res);
    const environment = environmentView(
      seenBy(audience, found, environments.engine(), language.t),
      clock(),
      language,
      {
        newer: audience === 'operators' ? whyNewer(updates)(found) : null,
        beside:
          seenEnvironments(environments, audience).find((one) => one.environment.name === found.name)
            ?.beside ?? [],
      },
    );
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
      layers: layerViews(steps, clock(), language),
      builds: buildRows(user, await builds.sources.list(found.name)),
      revisions: history && revisionsView(history, user, found.name, places, language.t),
      use: environmentUse(await useOf(store.runs, found.name, clock()), language),
    });
  }

  return Router().get(environmentPaths(), show);
}
