import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { parseInput } from '../../model/parse-input.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { findJob, listJobs } from '../pages/job.ts';
import { jobJson } from '../show/environments/job.ts';
import { jobHref } from '../show/hrefs.ts';

type Place = { job: string };
/** from: the log's line to begin with; a reader who follows sends the "next" of the answer before. */
const querySchema = z.object({ from: z.coerce.number().int().min(0).default(0) });

export function jobApi({ jobs }: AppDeps): Router {
  const list: RequestHandler = (_req, res) => {
    res.json(listJobs(jobs, actorOf(res)).map((job) => ({ ...job, href: jobHref(job.id) })));
  };

  const show = (req: Request<Place>, res: Response): void => {
    const job = findJob(jobs, actorOf(res), req.params.job);
    const { from } = parseInput(querySchema, req.query);
    res.json(jobJson(job, { from, lines: jobs.log(job.id, from), next: jobs.printed(job.id) }));
  };

  const stop = (req: Request<Place>, res: Response): void => {
    const { id } = findJob(jobs, actorOf(res), req.params.job);
    jobs.stop(id);
    res.status(202).json({ ...findJob(jobs, actorOf(res), id), href: jobHref(id) });
  };

  return Router().get('/jobs', list).get('/jobs/:job', show).post('/jobs/:job/stop', stop);
}
