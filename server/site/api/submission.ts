/** Handing in and looking up submissions, for programs. */
import { json, type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Task } from '../../courses/task.ts';
import { isStaff } from '../../courses/visible.ts';
import type { Run, Submission, User } from '../../model/collections.ts';
import { parseInput } from '../../model/parse-input.ts';
import { whoseOf } from '../../people/people-of-a-run.ts';
import { ownersOf } from '../../people/teams.ts';
import type { Store } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';
import { submitAnswers } from '../../submissions/submit.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import type { Lookup } from '../requests/find-visible.ts';
import { jsonLimit, readJson } from '../requests/json-answers.ts';
import { languageOf } from '../requests/language.ts';
import { type Answers, askedEnvironment, readForm } from '../requests/uploads.ts';
import { apiRunHref, runHref } from '../show/hrefs.ts';
import { answersJson, submissionJson } from '../show/submission-json.ts';

type Place = { course: string; task: string };
const querySchema = z.object({
  /** Sign-in name of the user whose submissions to list; for staff. */
  user: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  skip: z.coerce.number().int().min(0).default(0),
});

type Deps = Pick<AppDeps, 'store' | 'grading' | 'config'>;

export function submissionApi(deps: Deps, lookup: Lookup): Router {
  const { store, config } = deps;
  const answersOf = answersReader(config);

  async function submit(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const { course, task } = await lookup.taskOf(user, req.params.course, req.params.task);
    const answers = await answersOf(req, res, task);
    const environment = askedEnvironment(req);
    const answer = await submitAnswers(deps, user, {
      course: course.id,
      task: task.id,
      answers,
      environment,
      lang: languageOf(req),
    });
    if (!answer.ok) {
      const { message, facts } = answer.refusal;
      return void res.status(422).json({ error: message, faults: facts.faults });
    }
    const { submission, run: runId } = answer.value;
    res
      .status(202)
      .location(apiRunHref(runId))
      .json({ submission, run: runId, href: runHref(runId) });
  }

  async function list(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const { course, task } = await lookup.taskOf(user, req.params.course, req.params.task);
    const query = parseInput(querySchema, req.query);
    const student = await studentOf(store, user, course.id, query.user);
    const { limit, skip } = query;
    const filter = { course: course.id, task: task.id, userId: ownersOf(student) };
    const found = await store.submissions.find(filter, { sort: { at: -1 }, limit, skip });
    const runs = await runsOf(store, found);
    const shown = found.map(async (one) =>
      submissionJson(one, await whoseOf(store, one), runs.get(one.id) ?? []),
    );
    res.json(await Promise.all(shown));
  }

  async function show(req: Request<{ submission: string }>, res: Response): Promise<void> {
    const submission = await lookup.submissionOf(actorOf(res), req.params.submission);
    const runs = (await runsOf(store, [submission])).get(submission.id) ?? [];
    const shown = submissionJson(submission, await whoseOf(store, submission), runs);
    res.json({ ...shown, answers: answersJson(submission) });
  }

  return Router()
    .post('/courses/:course/tasks/:task/submissions', submit)
    .get('/courses/:course/tasks/:task/submissions', list)
    .get('/submissions/:submission', show);
}

async function studentOf(
  store: Pick<Store, 'users'>,
  user: User,
  course: string,
  name: string | undefined,
): Promise<User> {
  if (name === undefined || name === user.name) return user;
  if (!isStaff(user, course))
    throw new GradeportError('denied', 'Only staff may list the submissions of others.');
  const student = await store.users.findOne({ name });
  return student ?? Promise.reject(new GradeportError('not-found', `There is no user "${name}".`));
}

async function runsOf(
  store: Pick<Store, 'runs'>,
  submissions: readonly Submission[],
): Promise<Map<string, Run[]>> {
  const ids = submissions.map((submission) => submission.id);
  const runs = await store.runs.find({ submission: { $in: ids } }, { sort: { queuedAt: -1 } });
  const graded = runs.filter(({ debug }) => debug !== true);
  return Map.groupBy(graded, (one) => one.submission);
}

/** The body is read only after the check that this user may hand in here. */
function answersReader(config: Deps['config']) {
  const parseJson = json({ limit: jsonLimit(config) });
  return async (req: Request, res: Response, task: Task): Promise<Answers> => {
    if (req.is('multipart/form-data')) return readForm(req, res, task, config);
    if (!req.is('application/json')) {
      throw new GradeportError('usage', 'Send the answers as application/json or multipart/form-data.');
    }
    await run(parseJson, req, res);
    return readJson(req.body, config);
  };
}

/** Runs one of Express' body parsers, which are made for a chain of handlers, in the middle of a handler. */
function run(handler: RequestHandler, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    handler(req, res, (error?: unknown) => (error ? reject(error) : resolve()));
  });
}
