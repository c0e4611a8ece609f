/** One run: the page that follows it, and the button that stops it. */
import { type Request, type Response, Router } from 'express';
import { granted } from '../../model/verb.ts';
import { debugRun, openAnswerFile, stopRun } from '../../submissions/submission-verbs.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { sendAnswerFile } from '../requests/answer-file.ts';
import { languageOf } from '../requests/language.ts';
import { runHref } from '../show/hrefs.ts';
import type { ShowRun } from './show-run.ts';

type Place = { run: string };

export function runPages(deps: Pick<AppDeps, 'grading' | 'store'>, showRun: ShowRun): Router {
  const show = (req: Request<Place>, res: Response): Promise<void> =>
    showRun(res, actorOf(res), req.params.run, languageOf(req));

  async function kill(req: Request<Place>, res: Response): Promise<void> {
    await granted(stopRun(deps, actorOf(res), req.params));
    res.redirect(303, runHref(req.params.run));
  }

  async function debug(req: Request<Place>, res: Response): Promise<void> {
    const { run } = await granted(debugRun(deps, actorOf(res), req.params));
    res.redirect(303, runHref(run));
  }

  const file = async (req: Request<Place & { problem: string }>, res: Response) =>
    sendAnswerFile(res, await granted(openAnswerFile(deps, actorOf(res), req.params)));

  return Router()
    .get('/runs/:run', show)
    .get('/runs/:run/files/:problem', file)
    .post('/runs/:run/kill', kill)
    .post('/runs/:run/debug', debug);
}
