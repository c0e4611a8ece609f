/** Images from and to registries and files, for programs. Long work answers 202 with a job. */
import { json, type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import {
  forgetLogin,
  keepLogin,
  listRegistries,
  lookAtImage,
  pullImage,
  pushImage,
  searchImages,
} from '../../environments/registries/registry-verbs.ts';
import { listOutdated, planUpdates, updateImages } from '../../environments/updates/update-verbs.ts';
import { asJob } from '../../jobs/long-verb.ts';
import type { Job } from '../../jobs/port.ts';
import { parseInput } from '../../model/parse-input.ts';
import { granted } from '../../model/verb.ts';
import type { AppDeps } from '../deps.ts';
import { ForeignSite } from '../door/error-answer.ts';
import { isSameSite } from '../door/same-origin.ts';
import { actorOf } from '../door/session.ts';
import { jobHref } from '../show/hrefs.ts';

const lookSchema = z.object({ reference: z.string() });
const searchSchema = z.object({ q: z.string() });
const body = json({ limit: '64kb' });

type Deps = Pick<AppDeps, 'sharing' | 'credentials' | 'updates' | 'jobs' | 'config'>;

export function sharingApi(deps: Deps): Router {
  /** A link on another site must not make this server query registries, although the request only reads. */
  const refuseLinks: RequestHandler = (req, _res, next) => {
    if (!isSameSite(req.headers, deps.config.publicUrl)) throw new ForeignSite();
    next();
  };
  const accept = (res: Response, { id }: Job): void => {
    res
      .status(202)
      .location(`/api${jobHref(id)}`)
      .json({ job: id, href: jobHref(id) });
  };

  const lookAt: RequestHandler = async (req, res) => {
    const user = actorOf(res);
    res.json(await granted(lookAtImage(deps, user, parseInput(lookSchema, req.query))));
  };
  const find: RequestHandler = async (req, res) => {
    const { q: words } = parseInput(searchSchema, req.query);
    res.json(await granted(searchImages(deps, actorOf(res), { words })));
  };
  const outdated: RequestHandler = async (_req, res) => {
    res.json(await granted(listOutdated(deps, actorOf(res), {})));
  };
  /** What updating everything would do. */
  const plan: RequestHandler = async (_req, res) => {
    res.json(await granted(planUpdates(deps, actorOf(res), { names: null })));
  };
  const pull: RequestHandler = async (req, res) => {
    const user = actorOf(res);
    accept(res, await asJob(deps.jobs, user, pullImage(deps, user, req.body)));
  };
  const push: RequestHandler = async (req, res) => {
    const user = actorOf(res);
    accept(res, await asJob(deps.jobs, user, pushImage(deps, user, req.body)));
  };
  const update: RequestHandler = async (req, res) => {
    const user = actorOf(res);
    accept(res, await asJob(deps.jobs, user, updateImages(deps, user, req.body)));
  };

  const registries: RequestHandler = async (_req, res) => {
    res.json(await granted(listRegistries(deps, actorOf(res), {})));
  };
  const keep: RequestHandler = async (req, res) => {
    res.status(201).json(await granted(keepLogin(deps, actorOf(res), req.body)));
  };
  const forget = async (req: Request<{ host: string }>, res: Response): Promise<void> => {
    await granted(forgetLogin(deps, actorOf(res), req.params));
    res.status(204).end();
  };

  return Router()
    .use('/images', refuseLinks)
    .get('/images/look', lookAt)
    .get('/images/search', find)
    .get('/images/outdated', outdated)
    .get('/images/updates', plan)
    .post('/images/pull', body, pull)
    .post('/images/push', body, push)
    .post('/images/update', body, update)
    .get('/registries', registries)
    .post('/registries', body, keep)
    .delete('/registries/:host', forget);
}
