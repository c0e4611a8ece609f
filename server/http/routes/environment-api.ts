import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../session.ts';
import { findEnvironment } from './environment-pages.ts';

export function environmentApi({ environments }: AppDeps): Router {
  const list: RequestHandler = (_req, res) => {
    actorOf(res);
    res.json(environments.list());
  };

  const show = (req: Request<{ name: string }>, res: Response): void => {
    actorOf(res);
    res.json(findEnvironment(environments, req.params.name));
  };

  return Router().get('/environments', list).get('/environments/:name', show);
}
