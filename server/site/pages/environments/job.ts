/** Long work on environments: the list of recent jobs, and the page that follows one. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { type JobDeps, listJobs, showJob, stopJob } from '../../../jobs/job-verbs.ts';
import { granted } from '../../../model/verb.ts';
import { actorOf } from '../../door/session.ts';
import { languageFor } from '../../page-language.ts';
import { render } from '../../render.ts';
import { jobView } from '../../show/environments/job.ts';
import { jobHref } from '../../show/hrefs.ts';
import { nav } from '../../show/nav.ts';

type Place = { job: string };

export function jobPages(deps: JobDeps): Router {
  const list: RequestHandler = async (_req, res) => {
    const user = actorOf(res);
    const shown = (await granted(listJobs(deps, user, {}))).map((job) => jobView(job));
    render(res, 'jobs', {
      ...nav(user, 'environments', languageFor(res).t('builds.jobs')),
      jobs: shown,
      canBuild: true,
    });
  };

  async function show(req: Request<Place>, res: Response): Promise<void> {
    const user = actorOf(res);
    const { job, log } = await granted(showJob(deps, user, req.params));
    render(res, 'job', {
      ...nav(user, 'environments', job.title),
      job: jobView(job, () => log.lines),
      lines: log.lines.join('\n'),
      next: log.next,
      stopHref: `${jobHref(job.id)}/stop`,
    });
  }

  async function stop(req: Request<Place>, res: Response): Promise<void> {
    const job = await granted(stopJob(deps, actorOf(res), req.params));
    res.redirect(303, jobHref(job.id));
  }

  return Router().get('/jobs', list).get('/jobs/:job', show).post('/jobs/:job/stop', stop);
}
