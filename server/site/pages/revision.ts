/** The buttons beside an environment's revisions: forms, so that they work without script. */
import { type Request, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import { parseInput } from '../../model/parse-input.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { type RevisionService, requireOperator } from '../requests/revision-service.ts';
import { environmentHref, environmentPaths, jobHref } from '../show/hrefs.ts';

type Place = { name: string };
const digestSchema = z.object({ digest: z.string().min(4).max(100) });
const promoteSchema = z.object({ ...digestSchema.shape, force: z.literal('yes').optional() });
const SEPARATOR = '/';
const taskSchema = z.string().max(400).includes(SEPARATOR, 'expected course/task');
const pinSchema = z.object({ ...digestSchema.shape, task: taskSchema });
const unpinSchema = z.object({ task: taskSchema });

function splitTask(text: string): { course: string; task: string } {
  const at = text.indexOf(SEPARATOR);
  return { course: text.slice(0, at), task: text.slice(at + 1) };
}

export function revisionPages({ revisions }: AppDeps, service: RevisionService): Router {
  const back = (req: Request<Place>, res: Response): void =>
    res.redirect(303, `${environmentHref(req.params.name)}#revisions`);

  async function test(req: Request<Place>, res: Response): Promise<void> {
    const { digest } = parseInput(digestSchema, req.body);
    const job = await service.test(actorOf(res), req.params.name, digest);
    res.redirect(303, jobHref(job.id));
  }

  async function promote(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    requireOperator(user);
    const { digest, force } = parseInput(promoteSchema, req.body);
    await revisions.promote(req.params.name, digest, user.name, force === 'yes');
    back(req, res);
  }

  async function rollback(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    requireOperator(user);
    const { digest } = parseInput(digestSchema, req.body);
    await revisions.rollback(req.params.name, user.name, digest);
    back(req, res);
  }

  async function pin(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    requireOperator(user);
    const { digest, task: given } = parseInput(pinSchema, req.body);
    const { course, task } = splitTask(given);
    const environment = await service.environmentOf(course, task);
    await revisions.pin({ course, task, environment }, digest, user.name);
    back(req, res);
  }

  async function unpin(req: Request<Place>, res: Response): Promise<void> {
    requireOperator(actorOf(res));
    await revisions.unpin(splitTask(parseInput(unpinSchema, req.body).task));
    back(req, res);
  }

  const form = urlencoded({ extended: false, limit: '16kb' });
  return Router()
    .post(environmentPaths('/test'), form, test)
    .post(environmentPaths('/promote'), form, promote)
    .post(environmentPaths('/rollback'), form, rollback)
    .post(environmentPaths('/pin'), form, pin)
    .post(environmentPaths('/unpin'), form, unpin);
}
