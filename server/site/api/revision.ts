/** Revisions of an environment, for programs: everything that "gradeport env" does with them. */
import { json, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import {
  listGradedRuns,
  listRevisions,
  pinTask,
  promoteRevision,
  rollBackRevision,
  testRevision,
  unpinTask,
} from '../../environments/revisions/revision-verbs.ts';
import { asJob } from '../../jobs/long-verb.ts';
import { parseInput } from '../../model/parse-input.ts';
import { granted } from '../../model/verb.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { jobHref, runHref } from '../show/hrefs.ts';

type Place = { name: string };
const pageSchema = z.object({ limit: z.coerce.number().optional(), skip: z.coerce.number().optional() });
const bodySchema = z.record(z.string(), z.unknown(), { error: 'expected an object' });
const bodyOf = ({ body }: { body: unknown }) => parseInput(bodySchema, body ?? {});

export function revisionApi(deps: Pick<AppDeps, 'revisions' | 'courses' | 'jobs'>): Router {
  async function list(req: Request<Place>, res: Response): Promise<void> {
    res.json(await granted(listRevisions(deps, actorOf(res), req.params)));
  }

  async function runs(req: Request<Place & { digest: string }>, res: Response): Promise<void> {
    const page = parseInput(pageSchema, req.query);
    const graded = await granted(listGradedRuns(deps, actorOf(res), { ...page, ...req.params }));
    res.json(graded.map((one) => ({ ...one, href: runHref(one.run) })));
  }

  async function test(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const asked = testRevision(deps, user, { ...bodyOf(req), ...req.params });
    const job = await asJob(deps.jobs, user, asked);
    res.status(202).json({ ...job, href: jobHref(job.id) });
  }

  async function promote(req: Request<Place>, res: Response): Promise<void> {
    res.json(await granted(promoteRevision(deps, actorOf(res), { ...bodyOf(req), ...req.params })));
  }

  async function rollBack(req: Request<Place>, res: Response): Promise<void> {
    res.json(await granted(rollBackRevision(deps, actorOf(res), { ...bodyOf(req), ...req.params })));
  }

  /** The task's file names the environment. */
  async function pin(req: Request<Place>, res: Response): Promise<void> {
    res.json(await granted(pinTask(deps, actorOf(res), bodyOf(req))));
  }

  async function unpin(req: Request<Place>, res: Response): Promise<void> {
    res.json(await granted(unpinTask(deps, actorOf(res), bodyOf(req))));
  }

  const at = (verb: string) => `/environments/:name/${verb}`;
  const body = json({ limit: '16kb' });
  return Router()
    .get(at('revisions'), list)
    .get('/environments/:name/revisions/:digest/runs', runs)
    .post(at('test'), body, test)
    .post(at('promote'), body, promote)
    .post(at('rollback'), body, rollBack)
    .post(at('pin'), body, pin)
    .post(at('unpin'), body, unpin);
}
