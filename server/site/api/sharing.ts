/** Images from and to elsewhere, for programs. Long work answers 202 with a job. */
import { json, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { look } from '../../environments/registries/look-at-image.ts';
import { search } from '../../environments/registries/search.ts';
import { readFreshness } from '../../environments/updates/outdated.ts';
import type { Job } from '../../jobs/port.ts';
import { parseInput } from '../../model/parse-input.ts';
import type { AppDeps } from '../deps.ts';
import { ForeignSite } from '../door/error-answer.ts';
import { isSameSite } from '../door/same-origin.ts';
import { actorOf } from '../door/session.ts';
import { PATIENCE_MS, requireOperator, type SharingJobs } from '../requests/sharing-jobs.ts';
import { jobHref } from '../show/hrefs.ts';

const reference = z.string().min(1).max(600);
const lookSchema = z.object({ reference });
const searchSchema = z.object({ q: z.string().max(600) });
const pullSchema = z.strictObject({
  reference,
  any: z.boolean().default(false),
  expected: z.string().max(100).nullable().default(null),
});
const pushSchema = z.strictObject({ name: z.string().min(1).max(600), reference });
const updateSchema = z.strictObject({ names: z.array(z.string().max(600)).max(500).nullable() });
const loginSchema = z.strictObject({ host: z.string().max(300), user: z.string(), password: z.string() });
const body = json({ limit: '64kb' });

export function sharingApi({ sharing, credentials, updates, config }: AppDeps, jobs: SharingJobs): Router {
  const operator = (res: Response) => requireOperator(actorOf(res));
  /** A link on another site makes this server ask nobody, though it is only read. */
  const refuseLinks: RequestHandler = (req, _res, next) => {
    if (!isSameSite(req.headers, config.publicUrl)) throw new ForeignSite();
    next();
  };
  const accept = (res: Response, { id }: Job): void => {
    res
      .status(202)
      .location(`/api${jobHref(id)}`)
      .json({ job: id, href: jobHref(id) });
  };

  const lookAt: RequestHandler = async (req, res) => {
    operator(res);
    res.json(await look(sharing, parseInput(lookSchema, req.query).reference));
  };
  const find: RequestHandler = async (req, res) => {
    operator(res);
    res.json(await search(sharing, parseInput(searchSchema, req.query).q));
  };
  const outdated: RequestHandler = async (_req, res) => {
    operator(res);
    res.json(await readFreshness(sharing));
  };
  /** What an update of all would do. */
  const plan: RequestHandler = async (_req, res) => {
    operator(res);
    res.json(await updates.plan(null, AbortSignal.timeout(PATIENCE_MS)));
  };
  const pull: RequestHandler = (req, res) =>
    accept(res, jobs.pull(operator(res), parseInput(pullSchema, req.body)));
  const push: RequestHandler = (req, res) =>
    accept(res, jobs.push(operator(res), parseInput(pushSchema, req.body)));
  const update: RequestHandler = (req, res) =>
    accept(res, jobs.update(operator(res), parseInput(updateSchema, req.body).names));

  const registries: RequestHandler = async (_req, res) => {
    operator(res);
    res.json(await credentials.list());
  };
  const save: RequestHandler = async (req, res) => {
    const user = operator(res);
    const { host, ...login } = parseInput(loginSchema, req.body);
    res.status(201).json(await credentials.save(host, login, user.name));
  };
  const forget = async (req: { params: { host: string } }, res: Response): Promise<void> => {
    operator(res);
    await credentials.forget(req.params.host);
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
    .post('/registries', body, save)
    .delete('/registries/:host', forget);
}
