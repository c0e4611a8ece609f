/** The editor of an environment's Dockerfile: a new one, or one that was built here before. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import {
  type BuildDeps,
  beginDockerfile,
  type Edited,
  editDockerfile,
  readBuildLog,
  startBuild,
} from '../../../environments/builds/build-verbs.ts';
import { DOCKERFILE } from '../../../environments/builds/source/build-context.ts';
import type { User } from '../../../model/collections.ts';
import { granted } from '../../../model/verb.ts';
import { actorOf } from '../../door/session.ts';
import { languageFor } from '../../page-language.ts';
import { render } from '../../render.ts';
import { readBuildForm } from '../../requests/build-form.ts';
import { limitsView, lintView } from '../../show/environments/build.ts';
import { environmentPaths, jobHref, NEW_ENVIRONMENT } from '../../show/hrefs.ts';
import { nav } from '../../show/nav.ts';

const templateSchema = z.object({ template: z.string().max(50).catch('') });
const versionSchema = z.object({ build: z.coerce.number().int().positive().optional().catch(undefined) });
type Named = { name: string };

/** @param from "name/3" */
const nameIn = (from: string | null): string | null => from?.slice(0, from.lastIndexOf('/')) ?? null;

export function buildPages(deps: BuildDeps): Router {
  const { builds } = deps;

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
        heading,
        error,
        templates,
        dockerfile: edited.dockerfile,
        from: edited.from,
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
    await show(res, user, null, await granted(beginDockerfile(deps, user, templateSchema.parse(req.query))));
  }

  async function edit(req: Request<Named>, res: Response): Promise<void> {
    const user = actorOf(res);
    const { build: version } = versionSchema.parse(req.query);
    const edited = await granted(editDockerfile(deps, user, { name: req.params.name, version }));
    await show(res, user, nameIn(edited.from), edited);
  }

  async function send(req: Request, res: Response): Promise<void> {
    const user = actorOf(res);
    // Checked before the form is read: a user without the right to build must not send megabytes.
    builds.requireBuilder(user);
    const form = await readBuildForm(req, res, builds.limits.contextBytes);
    const sent = await granted(startBuild(deps, user, form));
    if (sent.started) return res.redirect(303, jobHref(sent.job.id));
    const from = form.from === '' ? null : form.from;
    // A browser does not send a file twice: the files of an archive must be chosen again.
    const key = form.archive ? 'builds.notBuiltArchive' : 'builds.notBuilt';
    const files = form.archive ? [] : sent.files;
    await show(res, user, nameIn(from), { ...sent, from, files }, languageFor(res).t(key), 422);
  }

  async function log(req: Request<Named & { version: string }>, res: Response): Promise<void> {
    const { name, version } = req.params;
    const wanted = { name, version: Number(version) || 0 };
    res.type('text/plain').send(await granted(readBuildLog(deps, actorOf(res), wanted)));
  }

  return Router()
    .get(NEW_ENVIRONMENT, create)
    .post(NEW_ENVIRONMENT, send)
    .get(environmentPaths('/edit'), edit)
    .get(environmentPaths('/builds/:version/log'), log);
}
