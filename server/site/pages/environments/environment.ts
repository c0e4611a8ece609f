import { type Request, type Response, Router } from 'express';
import { listBuilds } from '../../../environments/builds/build-verbs.ts';
import { audienceOf } from '../../../environments/discovery/audience.ts';
import { listLayers, showEnvironment } from '../../../environments/discovery/environment-verbs.ts';
import { listRevisions, type SeenRevision } from '../../../environments/revisions/revision-verbs.ts';
import { whyNewer } from '../../../environments/updates/update-plan.ts';
import { showUse } from '../../../environments/usage-verbs.ts';
import type { User } from '../../../model/collections.ts';
import { granted } from '../../../model/verb.ts';
import type { HistoryStep } from '../../../ports/engine/images.ts';
import { GradeportError } from '../../../rules/errors.ts';
import type { AppDeps } from '../../deps.ts';
import { actorOf } from '../../door/session.ts';
import { languageFor } from '../../page-language.ts';
import { render } from '../../render.ts';
import type { CourseService } from '../../requests/course-service.ts';
import { buildRows } from '../../show/environments/build.ts';
import { environmentView } from '../../show/environments/environment.ts';
import { environmentUse } from '../../show/environments/environment-use.ts';
import { revisionsView } from '../../show/environments/revisions.ts';
import { withheldReason } from '../../show/environments/seen-environments.ts';
import { layerViews } from '../../show/environments/sharing.ts';
import { environmentPaths, taskHref } from '../../show/hrefs.ts';
import { nav } from '../../show/nav.ts';

type Deps = Pick<
  AppDeps,
  'environments' | 'slots' | 'builds' | 'store' | 'clock' | 'sharing' | 'updates' | 'revisions'
>;

export function environmentPages(deps: Deps, service: CourseService): Router {
  const { environments, slots, clock, sharing, updates } = deps;

  async function show(req: Request<{ name: string }>, res: Response): Promise<void> {
    const user = actorOf(res);
    const language = languageFor(res);
    const { environment: found, beside } = await granted(
      showEnvironment(deps, user, { name: req.params.name, withheld: withheldReason(language.t) }),
    );
    const environment = environmentView(found, clock(), language, {
      newer: audienceOf(user) === 'operators' ? whyNewer(updates)(found) : null,
      beside,
    });
    const { keys } = slots.stats();
    const own = keys.filter((key) => key.environment === found.name);
    const waiting = own.reduce((sum, { idle }) => sum + idle, 0);
    const using = await service.tasksUsing(user, [found.name, ...found.aliases]);
    const steps = await layersOf(user, found.name);
    const tasks = using.map(({ course, task }) => ({
      name: `${course.name}: ${task.name}`,
      href: taskHref(course.id, task.id),
    }));
    const history = await historyOf(user, found.name);
    const places = using.map(({ course, task }) => ({ course: course.id, task: task.id }));
    render(res, 'environment', {
      ...nav(user, 'environments', environment.title),
      environment,
      tasks,
      slots: waiting,
      layers: layerViews(steps, clock(), language),
      builds: buildRows(await granted(listBuilds(deps, user, { name: found.name }))),
      revisions: history && revisionsView(history, user, found.name, places, language.t),
      use: environmentUse(await granted(showUse(deps, user, { name: found.name })), language),
    });
  }

  /** Empty for users who may not see them, and while the engine does not answer. */
  async function layersOf(user: User, name: string): Promise<HistoryStep[]> {
    const answer = await listLayers({ environments, images: sharing.images }, user, { name }).catch(
      () => null,
    );
    return answer?.ok ? answer.value : [];
  }

  /** null: this reader may not see it, or the environment has no history. */
  async function historyOf(user: User, name: string): Promise<SeenRevision[] | null> {
    try {
      const answer = await listRevisions(deps, user, { name });
      return answer.ok ? answer.value : null;
    } catch (error) {
      if (error instanceof GradeportError && error.code === 'not-found') return null;
      throw error;
    }
  }

  return Router().get(environmentPaths(), show);
}
