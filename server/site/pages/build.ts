/** The editor of an environment's Dockerfile: a new one, or one that was built here before. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { DOCKERFILE } from '../../environments/builds/build-context.ts';
import type { Checked } from '../../environments/builds/builds.ts';
import type { User } from '../../model/collections.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import { createBuildService } from '../requests/build-service.ts';
import { limitsView, lintView } from '../show/environments/build.ts';
import { environmentPaths, jobHref, NEW_ENVIRONMENT } from '../show/hrefs.ts';
import { nav } from '../show/nav.ts';

const templateSchema = z.object({ template: z.string().max(50).catch('') });
const versionSchema = z.object({ build: z.coerce.number().int().positive().optional().catch(undefined) });
type Named = { name: string };
type Edited = { dockerfile: string; from: string | null; files: string[]; checked: Checked };

export function buildPages({ builds }: AppDeps): Router {
  const service = createBuildService(builds);

  async function show(
    res: Response,
    user: User,
    name: string | null,
    edited: Edited,
    error: string | null = null,
    status = 200,
  ) {
    const { t } = languageFor(res);
    const heading = name === null ? t('builds.newEnvironment') : t('builds.editNamed', { name });
    const templates = (await builds.templates()).map(({ id, title }) => ({
      title,
      href: `${NEW_ENVIRONMENT}?template=${id}`,
    }));
    render(
      res,
      'environment-edit',
      {
        ...nav(user, 'environments', heading),
        ...{ heading, error, templates, dockerfile: edited.dockerfile, from: edited.from },
        files: edited.files.filter((path) => path !== DOCKERFILE),
        lint: lintView(edited.checked, t),
        network: builds.network,
        limits: limitsView(builds),
      },
      status,
    );
  }

  async function create(req: Request, res: Response): Promise<void> {
    const user = actorOf(res);
    builds.requireBuilder(user);
    const { template } = templateSchema.parse(req.query);
    const all = await builds.templates();
    const dockerfile = (all.find(({ id }) => id === template) ?? all[0])?.dockerfile ?? '';
    const checked = await builds.check(user, dockerfile, [DOCKERFILE]);
    await show(res, user, null, { dockerfile, from: null, files: [], checked });
  }

  async function edit(req: Request<Named>, res: Response): Promise<void> {
    const user = actorOf(res);
    builds.requireBuilder(user);
    const { name } = req.params;
    const { build } = versionSchema.parse(req.query);
    const version = build ?? (await builds.sources.list(name))[0]?.version ?? 0;
    const record = await service.recordOf(user, name, version);
    const from = `${record.name}/${record.version}`;
    const files = await service.keptPaths(user, from);
    const dockerfile = (await builds.sources.dockerfile(record.name, record.version)) ?? '';
    const checked = await builds.check(user, dockerfile, files);
    await show(res, user, record.name, { dockerfile, from, files: files ?? [], checked });
  }

  async function send(req: Request, res: Response): Promise<void> {
    const user = actorOf(res);
    const sent = await service.send(user, req, res);
    if (sent.job) return res.redirect(303, jobHref(sent.job.id));
    const { form, checked } = sent;
    const from = form.from === '' ? null : form.from;
    // A browser gives no file twice: those of an archive must be chosen again.
    const key = form.archive ? 'builds.notBuiltArchive' : 'builds.notBuilt';
    const files = form.archive ? [] : sent.files;
    await show(
      res,
      user,
      from === null ? null : from.slice(0, from.lastIndexOf('/')),
      { dockerfile: form.dockerfile, from, files, checked },
      languageFor(res).t(key),
      422,
    );
  }

  async function log(req: Request<Named & { version: string }>, res: Response): Promise<void> {
    const record = await service.recordOf(actorOf(res), req.params.name, Number(req.params.version));
    const text = await builds.sources.log(record.name, record.version);
    if (text === null) throw new GradeportError('not-found', 'This build has no log: it has not ended yet.');
    res.type('text/plain').send(text);
  }

  return Router()
    .get(NEW_ENVIRONMENT, create)
    .post(NEW_ENVIRONMENT, send)
    .get(environmentPaths('/edit'), edit)
    .get(environmentPaths('/builds/:version/log'), log);
}
