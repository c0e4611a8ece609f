/** One run: the page that follows it, and the button that stops it. */
import { type Request, type Response, Router } from 'express';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import type { Lookup } from '../requests/find-visible.ts';
import { languageOf } from '../requests/language.ts';
import { runHref } from '../show/hrefs.ts';
import type { ShowRun } from './show-run.ts';

type Place = { run: string };

export function runPages({ grading }: AppDeps, lookup: Lookup, showRun: ShowRun): Router {
  const show = (req: Request<Place>, res: Response): Promise<void> =>
    showRun(res, actorOf(res), req.params.run, languageOf(req));

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
