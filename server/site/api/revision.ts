/** Revisions of an environment, for programs: everything that "gradeport env" does with them. */
import { json, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { parseInput } from '../../model/parse-input.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { type RevisionService, requireOperator } from '../requests/revision-service.ts';
import { jobHref, runHref } from '../show/hrefs.ts';

type Place = { name: string };
const digest = z.string().min(4).max(100);
const testSchema = z.strictObject({ digest: digest.optional() });
const promoteSchema = z.strictObject({ digest: digest.optional(), force: z.boolean().default(false) });
const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  skip: z.coerce.number().int().min(0).default(0),
});
const taskSchema = z.strictObject({ course: z.string().max(200), task: z.string().max(200) });
/** digest null: the revision that grades now. */
const pinSchema = z.strictObject({ ...taskSchema.shape, digest: digest.nullable().default(null) });

export function revisionApi({ revisions }: AppDeps, service: RevisionService): Router {
  async function list(req: Request<Place>, res: Response): Promise<void> {
    res.json(await service.list(actorOf(res), req.params.name));
  }

  /** Of all courses, so for operators only. */
  async function runs(req: Request<Place & { digest: string }>, res: Response): Promise<void> {
    requireOperator(actorOf(res));
    const page = parseInput(pageSchema, req.query);
    const graded = await revisions.runs(req.params.name, req.params.digest, page);
    res.json(graded.map((one) => ({ ...one, href: runHref(one.run) })));
  }

  async function test(req: Request<Place>, res: Response): Promise<void> {
    const { digest: wanted } = parseInput(testSchema, req.body ?? {});
    const job = await service.test(actorOf(res), req.params.name, wanted);
    res.status(202).json({ ...job, href: jobHref(job.id) });
  }

  async function promote(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    requireOperator(user);
    const { digest: wanted, force } = parseInput(promoteSchema, req.body ?? {});
    res.json(await revisions.promote(req.params.name, wanted ?? null, user.name, force));
  }

  async function rollback(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    requireOperator(user);
    const { digest: wanted } = parseInput(testSchema, req.body ?? {});
    res.json(await revisions.rollback(req.params.name, user.name, wanted));
  }

  async function pin(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    requireOperator(user);
    const { course, task, digest: wanted } = parseInput(pinSchema, req.body);
    const environment = await service.environmentOf(course, task);
    res.json(await revisions.pin({ course, task, environment }, wanted, user.name));
  }

  async function unpin(req: Request<Place>, res: Response): Promise<void> {
    requireOperator(actorOf(res));
    res.json({ wasPinned: await revisions.unpin(parseInput(taskSchema, req.body)) });
  }

  const at = (verb: string) => `/environments/:name/${verb}`;
  const body = json({ limit: '16kb' });
  return Router()
    .get(at('revisions'), list)
    .get('/environments/:name/revisions/:digest/runs', runs)
    .post(at('test'), body, test)
    .post(at('promote'), body, promote)
    .post(at('rollback'), body, rollback)
    .post(at('pin'), body, pin)
    .post(at('unpin'), body, unpin);
}
