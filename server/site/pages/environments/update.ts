/** Newer images in registries and recipes, and the buttons that install them. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { mayShare } from '../../../environments/registries/registry-verbs.ts';
import { planUpdates, updateImages } from '../../../environments/updates/update-verbs.ts';
import { asJob } from '../../../jobs/long-verb.ts';
import { granted } from '../../../model/verb.ts';
import type { AppDeps } from '../../deps.ts';
import { isSameSite } from '../../door/same-origin.ts';
import { actorOf } from '../../door/session.ts';
import { languageFor } from '../../page-language.ts';
import { render } from '../../render.ts';
import { planView } from '../../show/environments/sharing.ts';
import { environmentPaths, jobHref } from '../../show/hrefs.ts';
import { nav } from '../../show/nav.ts';

type Deps = Pick<AppDeps, 'updates' | 'jobs' | 'config'>;

export function updatePages(deps: Deps): Router {
  const show: RequestHandler = async (req, res) => {
    const user = actorOf(res);
    mayShare(user);
    const asks = req.query['ask'] === 'yes' && isSameSite(req.headers, deps.config.publicUrl);
    const plan = asks ? await granted(planUpdates(deps, user, { names: null })) : null;
    const { t } = languageFor(res);
    render(res, 'updates', {
      ...nav(user, 'environments', t('registries.updates')),
      plan: plan && planView(plan, t),
    });
  };

  async function start(res: Response, names: string[] | null): Promise<void> {
    const user = actorOf(res);
    const job = await asJob(deps.jobs, user, updateImages(deps, user, { names }));
    res.redirect(303, jobHref(job.id));
  }
  const all: RequestHandler = (_req, res) => start(res, null);
  const one = (req: Request<{ name: string }>, res: Response): Promise<void> => start(res, [req.params.name]);

  return Router()
    .get('/environments/updates', show)
    .post('/environments/updates', all)
    .post(environmentPaths('/update'), one);
}
