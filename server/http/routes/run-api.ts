import { type Request, type Response, Router } from 'express';
import type { AppDeps } from '../deps.ts';
import type { Lookup } from '../lookup.ts';
import { actorOf } from '../session.ts';
import { runJson } from '../views/submission-json.ts';

type Place = { run: string };

export function runApi({ store, courses, grading }: AppDeps, lookup: Lookup): Router {
  async function show(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const run = await lookup.runOf(user, req.params.run);
    const student = await store.users.get(run.userId);
    const task = await courses.task(run.course, run.task);
    const position = grading.position(run.id);
    res.json(runJson(run, { user, student: student?.name ?? run.userId, task, position }));
  }

  async function kill(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const run = await lookup.runOf(user, req.params.run);
    res.json({ killed: await grading.kill(user, run.id) });
  }

  return Router().get('/runs/:run', show).post('/runs/:run/kill', kill);
}
