import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { type JobDeps, listJobs, showJob, stopJob } from '../../jobs/job-verbs.ts';
import { parseInput } from '../../model/parse-input.ts';
import { granted } from '../../model/verb.ts';
import { actorOf } from '../door/session.ts';
import { jobHref } from '../show/hrefs.ts';

type Place = { job: string };
const querySchema = z.object({ from: z.coerce.number().int().min(0).default(0) });

export function jobApi(deps: JobDeps): Router {
  const list: RequestHandler = async (_req, res) => {
    const jobs = await granted(listJobs(deps, actorOf(res), {}));
    res.json(jobs.map((job) => ({ ...job, href: jobHref(job.id) })));
  };

  async function show(req: Request<Place>, res: Response): Promise<void> {
    const { from } = parseInput(querySchema, req.query);
    const { job, log } = await granted(showJob(deps, actorOf(res), { ...req.params, from }));
    res.json({ ...job, href: jobHref(job.id), log });
  }

  async function stop(req: Request<Place>, res: Response): Promise<void> {
    const job = await granted(stopJob(deps, actorOf(res), req.params));
    res.status(202).json({ ...job, href: jobHref(job.id) });
  }

  return Router().get('/jobs', list).get('/jobs/:job', show).post('/jobs/:job/stop', stop);
}
