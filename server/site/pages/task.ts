/** One task: its description, the form for the answers, and what happens to them. */
import { type Request, type Response, Router } from 'express';
import type { Course, Task } from '../../courses/task.ts';
import { localiseCourse, localiseTask } from '../../courses/translations/localise.ts';
import { type ErrorCode, GradeportError } from '../../rules/errors.ts';
import { Refused as RefusedByRule } from '../../rules/problems.ts';
import type { Grading } from '../../submissions/port.ts';
import { type SubmitAnswersDeps, submitAnswers } from '../../submissions/submit.ts';
import { problemOf } from '../door/error-answer.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import type { Lookup } from '../requests/find-visible.ts';
import { inLanguage, languageOf } from '../requests/language.ts';
import type { TaskService, Typed } from '../requests/task-service.ts';
import { askedEnvironment, shownNumbers } from '../requests/uploads.ts';
import { runHref } from '../show/hrefs.ts';
import { taskPage } from '../show/task.ts';
import type { ShowRun } from './show-run.ts';

type Place = { course: string; task: string };

const localised = ({ course, task }: { course: Course; task: Task }, lang: string) => ({
  course: localiseCourse(course, lang),
  task: localiseTask(task, lang),
});

/** A verdict within this time is in the first frame of the next page; a later one arrives live. Too short to notice. */
const QUICK_MS = 100;

const NOT_NOW = new Set<ErrorCode>(['busy', 'conflict', 'denied', 'no-space', 'unreachable']);

const mayTryLater = (error: GradeportError): boolean =>
  NOT_NOW.has(error.code) || (error instanceof RefusedByRule && error.problem === 'stores-much');

/** Sent by our own script, which replaces the task's page with the run's page (web/client/answers/send-in-place.ts). */
const IN_PLACE = 'gradeport-in-place';

type Deps = SubmitAnswersDeps & { grading: Pick<Grading, 'settled'> };
/** What the student typed, for the page that says why it was refused. */
type Refused = { typed: Typed; status: number; error: string | null; retryAfterS: number | null };

export function taskPages(lookup: Lookup, service: TaskService, deps: Deps, showRun: ShowRun): Router {
  async function show(req: Request<Place>, res: Response, refused: Refused | null): Promise<void> {
    const user = actorOf(res);
    const lang = languageOf(req);
    const { course, task } = localised(await lookup.taskOf(user, req.params.course, req.params.task), lang);
    const context = await service.context(user, course, task, refused?.typed ?? null, lang);
    const page = await taskPage(course, task, context, languageFor(res).t);
    const submitHref = inLanguage(page.submitHref, req);
    const error = refused?.error ?? page.error;
    const retryAfterS = refused?.retryAfterS ?? null;
    if (retryAfterS !== null) res.set('Retry-After', String(retryAfterS));
    render(res, 'task', { ...page, submitHref, error }, refused?.status);
  }

  async function submit(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const lang = languageOf(req);
    const typed: Typed = { answers: new Map(), faults: {}, environment: undefined };
    const read = async (task: Task) => {
      typed.answers = await service.answersOf(req, res, task);
      typed.environment = askedEnvironment(req);
      return { answers: typed.answers, random: shownNumbers(req), environment: typed.environment };
    };
    try {
      const answer = await submitAnswers(deps, user, { ...req.params, lang, read });
      if (!answer.ok) {
        const { faults } = answer.refusal.facts;
        const refused = { typed: { ...typed, faults }, status: 422, error: null, retryAfterS: null };
        return await show(req, res, refused);
      }
      const { run } = answer.value;
      await deps.grading.settled(run, QUICK_MS);
      const href = runHref(run);
      if (req.get(IN_PLACE) === undefined) return res.redirect(303, href);
      res.set('Content-Location', href);
      await showRun(res, user, run, lang);
    } catch (error) {
      // Refused for now: the page keeps the typed answers. Other errors go to the error page.
      if (!(error instanceof GradeportError) || !mayTryLater(error)) throw error;
      const { status, message, retryAfterS } = problemOf(error, user, languageFor(res).t);
      await show(req, res, { typed, status, error: message, retryAfterS });
    }
  }

  return Router()
    .get('/courses/:course/tasks/:task', (req, res) => show(req, res, null))
    .post('/courses/:course/tasks/:task', submit);
}
