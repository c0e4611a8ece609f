/** Long work on environments: what was asked for lately, and the page that follows one. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Job, Jobs } from '../../jobs/port.ts';
import type { User } from '../../model/collections.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import { jobView } from '../show/environments/job.ts';
import { jobHref } from '../show/hrefs.ts';
import { nav } from '../show/nav.ts';

type Place = { job: string };

/** Whoever may not follow a job does not learn that it exists. */
export function findJob(jobs: Pick<Jobs, 'get'>, user: User, id: string): Job {
  const job = jobs.get(id);
  if (job && can(user, 'follow-job', job)) return job;
  throw new GradeportError('not-found', 'There is no such job, or it ended long ago.');
}

/** Newest first: all of them for operators, their own for teachers. */
export function listJobs(jobs: Pick<Jobs, 'list'>, user: User): Job[] {
  if (!can(user, 'build-environments', null)) {
    throw new GradeportError('denied', 'Jobs on environments are for teachers and operators.');
  }
  return jobs.list().filter((job) => can(user, 'follow-job', job));
}

export function jobPages({ jobs }: AppDeps): Router {
  const list: RequestHandler = (_req, res) => {
    const user = actorOf(res);
    const shown = listJobs(jobs, user).map((job) => jobView(job));
    render(res, 'jobs', {
      ...nav(user, 'environments', languageFor(res).t('builds.jobs')),
      jobs: shown,
      canBuild: true,
    });
  };

  const show = (req: Request<Place>, res: Response): void => {
    const user = actorOf(res);
    const job = findJob(jobs, user, req.params.job);
    render(res, 'job', {
      ...nav(user, 'environments', job.title),
      job: jobView(job, () => jobs.log(job.id)),
      lines: jobs.log(job.id).join('\n'),
      next: jobs.printed(job.id),
      stopHref: `${jobHref(job.id)}/stop`,
    });
  };

  const stop = (req: Request<Place>, res: Response): void => {
    const job = findJob(jobs, actorOf(res), req.params.job);
    jobs.stop(job.id);
    res.redirect(303, jobHref(job.id));
  };

  return Router().get('/jobs', list).get('/jobs/:job', show).post('/jobs/:job/stop', stop);
}
