import { type Request, type Response, Router } from 'express';
import { granted } from '../../model/verb.ts';
import { openAnswerFile, showRun, stopRun } from '../../submissions/submission-verbs.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { sendAnswerFile } from '../requests/answer-file.ts';
import { runJson } from '../show/submission-json.ts';
import { tagsOf } from '../show/tests.ts';

type Place = { run: string };

export function runApi(deps: Pick<AppDeps, 'store' | 'courses' | 'grading'>): Router {
  const { courses, grading } = deps;

  async function show(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const { run, whose } = await granted(showRun(deps, user, req.params));
    const course = await courses.get(run.course);
    const task = course?.tasks.find(({ id }) => id === run.task) ?? null;
    const position = await grading.position(run.id);
    const tags = tagsOf(course, task);
    res.json(runJson(run, { user, whose, task, tags, position }, languageFor(res).t));
  }

  async function kill(req: Request<Place>, res: Response): Promise<void> {
    const { stopped, how } = await granted(stopRun(deps, actorOf(res), req.params));
    res.json({ killed: stopped, how });
  }

  const file = async (req: Request<Place & { problem: string }>, res: Response) =>
    sendAnswerFile(res, await granted(openAnswerFile(deps, actorOf(res), req.params)));

  return Router()
    .get('/runs/:run', show)
    .get('/runs/:run/files/:problem', file)
    .post('/runs/:run/kill', kill);
}
