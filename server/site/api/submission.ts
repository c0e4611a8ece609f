/** Handing in and looking up submissions, for programs. */
import { json, type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Task } from '../../courses/task.ts';
import { parseInput } from '../../model/parse-input.ts';
import { granted } from '../../model/verb.ts';
import { GradeportError } from '../../rules/errors.ts';
import { listSubmissions, showSubmission } from '../../submissions/list-verbs.ts';
import { submitAnswers } from '../../submissions/submit.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { jsonLimit, readJson } from '../requests/json-answers.ts';
import { languageOf } from '../requests/language.ts';
import { type Answers, askedEnvironment, readForm } from '../requests/uploads.ts';
import { apiRunHref, runHref } from '../show/hrefs.ts';
import { answersJson, submissionJson } from '../show/submission-json.ts';

type Place = { course: string; task: string };
const querySchema = z.object({
  user: z.string().optional(),
  limit: z.coerce.number().optional(),
  skip: z.coerce.number().optional(),
});

type Deps = Pick<AppDeps, 'store' | 'courses' | 'grading' | 'config' | 'clock'>;

export function submissionApi(deps: Deps): Router {
  const answersOf = answersReader(deps.config);

  async function submit(req: Request<Place>, res: Response): Promise<void> {
    const answer = await submitAnswers(deps, actorOf(res), {
      ...req.params,
      lang: languageOf(req),
      async read(task: Task) {
        const answers = await answersOf(req, res, task);
        return { answers, environment: askedEnvironment(req) };
      },
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
    const page = parseInput(querySchema, req.query);
    const found = await granted(listSubmissions(deps, actorOf(res), { ...page, ...req.params }));
    res.json(found.map(({ submission, whose, runs }) => submissionJson(submission, whose, runs)));
  }

  async function show(req: Request<{ submission: string }>, res: Response): Promise<void> {
    const { submission, whose, runs } = await granted(showSubmission(deps, actorOf(res), req.params));
    res.json({ ...submissionJson(submission, whose, runs), answers: answersJson(submission) });
  }

  return Router()
    .post('/courses/:course/tasks/:task/submissions', submit)
    .get('/courses/:course/tasks/:task/submissions', list)
    .get('/submissions/:submission', show);
}

/** Bodies are JSON or forms. */
function answersReader(config: Deps['config']) {
  return async (req: Request, res: Response, task: Task): Promise<Answers> => {
    if (req.is('multipart/form-data')) return readForm(req, res, task, config);
    if (!req.is('application/json')) {
      throw new GradeportError('usage', 'Send the answers as application/json or multipart/form-data.');
    }
    await run(json({ limit: jsonLimit(task.problems, config) }), req, res);
    return readJson(req.body, config);
  };
}

/** Runs one of Express' body parsers, which are made for a chain of handlers, in the middle of a handler. */
function run(handler: RequestHandler, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    handler(req, res, (error?: unknown) => (error ? reject(error) : resolve()));
  });
}
