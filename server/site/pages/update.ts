/** What is newer elsewhere, and the buttons that bring it. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { AppDeps } from '../deps.ts';
import { isSameSite } from '../door/same-origin.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import { PATIENCE_MS, requireOperator, type SharingJobs } from '../requests/sharing-jobs.ts';
import { planView } from '../show/environments/sharing.ts';
import { environmentPaths, jobHref } from '../show/hrefs.ts';
import { nav } from '../show/nav.ts';

export function updatePages({ updates, config }: AppDeps, jobs: SharingJobs): Router {
  const show: RequestHandler = async (req, res) => {
    const user = requireOperator(actorOf(res));
    const asks = req.query['ask'] === 'yes' && isSameSite(req.headers, config.publicUrl);
    const plan = asks ? await updates.plan(null, AbortSignal.timeout(PATIENCE_MS)) : null;
    const { t } = languageFor(res);
    render(res, 'updates', {
      ...nav(user, 'environments', t('registries.updates')),
      plan: plan && planView(plan, t),
    });
  };

  const all: RequestHandler = (_req, res) => {
    const user = requireOperator(actorOf(res));
    res.redirect(303, jobHref(jobs.update(user, null).id));
  };

  const one = (req: Request<{ name: string }>, res: Response): void => {
    const user = requireOperator(actorOf(res));
    res.redirect(303, jobHref(jobs.update(user, [req.params.name]).id));
  };

  return Router()
    .get('/environments/updates', show)
    .post('/environments/updates', all)
    .post(environmentPaths('/update'), one);
}
