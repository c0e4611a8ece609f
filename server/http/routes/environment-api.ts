import { type Request, type RequestHandler, type Response, Router } from 'express';
import { can } from '../../core/access.ts';
import { GradeportError } from '../../core/errors.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../session.ts';
import { findEnvironment } from './environment-pages.ts';

export function environmentApi({ environments, slots }: AppDeps): Router {
  const list: RequestHandler = (_req, res) => {
    const all = can(actorOf(res), 'operate', null);
    res.json(environments.list().filter(({ advertised }) => all || advertised));
  };

  const show = (req: Request<{ name: string }>, res: Response): void => {
    actorOf(res);
    res.json(findEnvironment(environments, req.params.name));
  };

  /** Of the whole house, so it is for operators. */
  const showSlots: RequestHandler = (_req, res) => {
    if (!can(actorOf(res), 'operate', null)) throw new GradeportError('denied', 'Slots are for operators.');
    res.json(slots.stats());
  };

  return Router().get('/slots', showSlots).get('/environments', list).get('/environments/:name', show);
}
