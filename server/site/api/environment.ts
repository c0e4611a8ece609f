import { type Request, type RequestHandler, type Response, Router } from 'express';
import { seeEnvironments, showEnvironment } from '../../environments/discovery/environment-verbs.ts';
import { showUse } from '../../environments/usage-verbs.ts';
import { granted } from '../../model/verb.ts';
import type { AppDeps } from '../deps.ts';
import { requireWatcher } from '../door/require-metrics-reader.ts';
import { actorOf } from '../door/session.ts';
import { withheldReason } from '../show/environments/seen-environments.ts';

export function environmentApi({
  environments,
  slots,
  store,
  config,
  clock,
}: Pick<AppDeps, 'environments' | 'slots' | 'store' | 'config' | 'clock'>): Router {
  const deps = { environments, store, clock };
  const withheld = withheldReason();

  const list: RequestHandler = async (_req, res) => {
    const { images } = await granted(seeEnvironments(deps, actorOf(res), { withheld }));
    res.json(images);
  };

  async function show(req: Request<{ name: string }>, res: Response): Promise<void> {
    const { name } = req.params;
    const { environment, runsAs } = await granted(showEnvironment(deps, actorOf(res), { name, withheld }));
    const { grader, student } = runsAs;
    res.json({ ...environment, uid: { grader, student } });
  }

  /** Runs per day and their times to the verdict. */
  async function use(req: Request<{ name: string }>, res: Response): Promise<void> {
    res.json(await granted(showUse(deps, actorOf(res), req.params)));
  }

  /** Slots belong to the whole installation, so only operators see them. */
  const showSlots: RequestHandler = (req, res) => {
    requireWatcher(config, req, res);
    res.json(slots.stats());
  };

  return Router()
    .get('/slots', showSlots)
    .get('/environments', list)
    .get('/environments/:name', show)
    .get('/environments/:name/use', use);
}
