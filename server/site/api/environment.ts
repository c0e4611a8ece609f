import { type Request, type RequestHandler, type Response, Router } from 'express';
import { runsAs } from '../../environments/discovery/runs-as.ts';
import { useOf } from '../../environments/usage-per-day.ts';
import type { AppDeps } from '../deps.ts';
import { requireWatcher } from '../door/require-metrics-reader.ts';
import { actorOf } from '../door/session.ts';
import { environmentNamed } from '../requests/find-visible.ts';
import { audienceOf, seenBy, seenEnvironments } from '../show/environments/seen-environments.ts';

export function environmentApi({
  environments,
  slots,
  store,
  config,
  clock,
}: Pick<AppDeps, 'environments' | 'slots' | 'store' | 'config' | 'clock'>): Router {
  const list: RequestHandler = (_req, res) => {
    const audience = audienceOf(actorOf(res));
    if (audience === 'operators') return void res.json(environments.list());
    if (audience === 'staff')
      return void res.json(environments.list().filter(({ advertised }) => advertised));
    res.json(seenEnvironments(environments, audience).map(({ environment }) => environment));
  };

  const show = (req: Request<{ name: string }>, res: Response): void => {
    const audience = audienceOf(actorOf(res));
    const found = seenBy(audience, environmentNamed(environments, req.params.name), environments.engine());
    const { grader, student } = runsAs(found);
    res.json({ ...found, uid: { grader, student } });
  };

  /** Runs per day and their times to the verdict. */
  async function use(req: Request<{ name: string }>, res: Response): Promise<void> {
    actorOf(res);
    const { name } = environmentNamed(environments, req.params.name);
    res.json(await useOf(store.runs, name, clock()));
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
