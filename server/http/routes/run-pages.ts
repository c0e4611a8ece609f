/** One run: the page that follows it, and the button that stops it. */
import { type Request, type Response, Router } from 'express';
import { localiseCourse } from '../../courses/localise.ts';
import type { AppDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import { isStaff, type Lookup } from '../lookup.ts';
import { render } from '../render.ts';
import { actorOf } from '../session.ts';
import { runHref } from '../views/hrefs.ts';
import { runPage } from '../views/run.ts';

type Place = { run: string };

export function runPages({ store, courses, grading }: AppDeps, lookup: Lookup): Router {
  async function show(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const run = await lookup.runOf(user, req.params.run);
    const found = await courses.get(run.course);
    const course = found && localiseCourse(found, languageOf(req));
    const page = runPage(run, {
      user,
      staff: isStaff(user, run.course),
      student: await store.users.get(run.userId),
      submission: await store.submissions.get(run.submission),
      course,
      task: course?.tasks.find((task) => task.id === run.task) ?? null,
    });
    render(res, 'run', page);
  }

  async function kill(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const run = await lookup.runOf(user, req.params.run);
    await grading.kill(user, run.id);
    res.redirect(303, runHref(run.id));
  }

  async function debug(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const run = await lookup.runOf(user, req.params.run);
    res.redirect(303, runHref(await grading.debug(user, run.id)));
  }

  return Router().get('/runs/:run', show).post('/runs/:run/kill', kill).post('/runs/:run/debug', debug);
}
