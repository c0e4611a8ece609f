/** One task: its description, the form for the answers, and what happens to them. */
import { type Request, type Response, Router } from 'express';
import { type ErrorCode, GradeportError } from '../../core/errors.ts';
import type { AnswerFaults, Grading } from '../../grading/verbs.ts';
import type { Lookup } from '../lookup.ts';
import { problemOf } from '../problem.ts';
import { render } from '../render.ts';
import { actorOf } from '../session.ts';
import type { TaskService } from '../task-service.ts';
import { runHref } from '../views/hrefs.ts';
import { taskPage } from '../views/task.ts';

type Place = { course: string; task: string };

const NOT_NOW = new Set<ErrorCode>(['busy', 'conflict', 'denied', 'no-space', 'unreachable']);

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
    const again = async (faults: AnswerFaults, status: number, error: string | null) => {
      const page = taskPage(course, task, await service.context(user, course, task, { answers, faults }));
      render(res, 'task', { ...page, error: error ?? page.error }, status);
    };
    try {
      const result = await grading.submit(user, course.id, task.id, answers);
      if (result.ok) res.redirect(303, runHref(result.run));
      else await again(result.faults, 422, null);
    } catch (error) {
      // Not now: the page keeps what was typed. Anything else is the error page's.
      if (!(error instanceof GradeportError) || !NOT_NOW.has(error.code)) throw error;
      const { status, message } = problemOf(error, true);
      await again({}, status, message);
    }
  }

  return Router().get('/courses/:course/tasks/:task', show).post('/courses/:course/tasks/:task', submit);
}
