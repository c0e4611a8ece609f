/** The buttons beside an environment's revisions: forms, so that they work without script. */
import { type Request, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import {
  pinTask,
  promoteRevision,
  rollBackRevision,
  testRevision,
  unpinTask,
} from '../../../environments/revisions/revision-verbs.ts';
import { asJob } from '../../../jobs/long-verb.ts';
import { parseInput } from '../../../model/parse-input.ts';
import { granted } from '../../../model/verb.ts';
import type { AppDeps } from '../../deps.ts';
import { actorOf } from '../../door/session.ts';
import { environmentHref, environmentPaths, jobHref } from '../../show/hrefs.ts';

type Place = { name: string };
const digestSchema = z.object({ digest: z.string() });
const promoteSchema = digestSchema.extend({ force: z.literal('yes').optional() });
const SEPARATOR = '/';
const taskSchema = z.object({
  task: z.string().max(400).includes(SEPARATOR, 'expected course/task').transform(splitTask),
});
const pinSchema = digestSchema.extend(taskSchema.shape);

function splitTask(text: string): { course: string; task: string } {
  const at = text.indexOf(SEPARATOR);
  return { course: text.slice(0, at), task: text.slice(at + 1) };
}

export function revisionPages(deps: Pick<AppDeps, 'revisions' | 'courses' | 'jobs'>): Router {
  const back = (req: Request<Place>, res: Response): void =>
    res.redirect(303, `${environmentHref(req.params.name)}#revisions`);

  async function test(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const wanted = { ...parseInput(digestSchema, req.body), ...req.params };
    const job = await asJob(deps.jobs, user, testRevision(deps, user, wanted));
    res.redirect(303, jobHref(job.id));
  }

  async function promote(req: Request<Place>, res: Response): Promise<void> {
    const { digest, force } = parseInput(promoteSchema, req.body);
    const wanted = { ...req.params, digest, force: force === 'yes' };
    await granted(promoteRevision(deps, actorOf(res), wanted));
    back(req, res);
  }

  async function rollBack(req: Request<Place>, res: Response): Promise<void> {
    const wanted = { ...parseInput(digestSchema, req.body), ...req.params };
    await granted(rollBackRevision(deps, actorOf(res), wanted));
    back(req, res);
  }

  async function pin(req: Request<Place>, res: Response): Promise<void> {
    const { digest, task } = parseInput(pinSchema, req.body);
    await granted(pinTask(deps, actorOf(res), { ...task, digest }));
    back(req, res);
  }

  async function unpin(req: Request<Place>, res: Response): Promise<void> {
    await granted(unpinTask(deps, actorOf(res), parseInput(taskSchema, req.body).task));
    back(req, res);
  }

  const form = urlencoded({ extended: false, limit: '16kb' });
  return Router()
    .post(environmentPaths('/test'), form, test)
    .post(environmentPaths('/promote'), form, promote)
    .post(environmentPaths('/rollback'), form, rollBack)
    .post(environmentPaths('/pin'), form, pin)
    .post(environmentPaths('/unpin'), form, unpin);
}
