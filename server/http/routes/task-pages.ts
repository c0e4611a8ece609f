/** One task: its description, the form for the answers, and what happens to them. */
import { type Request, type Response, Router } from 'express';
import type { Grading } from '../../grading/verbs.ts';
import type { Lookup } from '../lookup.ts';
import { render } from '../render.ts';
import { actorOf } from '../session.ts';
import type { TaskService } from '../task-service.ts';
import { runHref } from '../views/hrefs.ts';
import { taskPage } from '../views/task.ts';

type Place = { course: string; task: string };

export function taskPages(lookup: Lookup, service: TaskService, grading: Grading): Router {
  async function show(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const { course, task } = await lookup.taskOf(user, req.params.course, req.params.task);
    render(res, 'task', taskPage(course, task, await service.context(user, course, task, null)));
  }

  async function submit(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const { course, task } = await lookup.taskOf(user, req.params.course, req.params.task);
    const answers = await service.answersOf(req, res, task);
    const result = await grading.submit(user, course.id, task.id, answers);
    if (result.ok) return res.redirect(303, runHref(result.run));
    const context = await service.context(user, course, task, { answers, faults: result.faults });
    render(res, 'task', taskPage(course, task, context), 422);
  }

  return Router().get('/courses/:course/tasks/:task', show).post('/courses/:course/tasks/:task', submit);
}
