/** Building environments, for programs; also answers the Dockerfile editor while a user types. */
import { json, type RequestHandler, Router } from 'express';
import { type BuildDeps, checkDockerfile, startBuild } from '../../environments/builds/build-verbs.ts';
import { MAX_DOCKERFILE_BYTES } from '../../environments/builds/dockerfile/lint.ts';
import { granted } from '../../model/verb.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { readBuildForm } from '../requests/build-form.ts';
import { lintView } from '../show/environments/build.ts';
import { jobHref } from '../show/hrefs.ts';

/** JSON may write one character as six. */
const LINT_BYTES = 6 * MAX_DOCKERFILE_BYTES;
export function buildApi(deps: BuildDeps): Router {
  const { builds } = deps;

  /** Checked before the body is read: a user without the right to build must not send megabytes. */
  const builder: RequestHandler = (_req, res, next) => {
    builds.requireBuilder(actorOf(res));
    next();
  };

  const lint: RequestHandler = async (req, res) => {
    res.json(lintView(await granted(checkDockerfile(deps, actorOf(res), req.body)), languageFor(res).t));
  };

  const build: RequestHandler = async (req, res) => {
    const form = await readBuildForm(req, res, builds.limits.contextBytes);
    const sent = await granted(startBuild(deps, actorOf(res), form));
    if (!sent.started) {
      const { messages, refusal } = lintView(sent.checked, languageFor(res).t);
      const error = 'Nothing was built: its Dockerfile has errors.';
      return void res.status(422).json({ error, refusal, messages });
    }
    const { id } = sent.job;
    res
      .status(202)
      .location(`/api${jobHref(id)}`)
      .json({ job: id, href: jobHref(id) });
  };

  return Router()
    .post('/environments/lint', builder, json({ limit: LINT_BYTES }), lint)
    .post('/environments/builds', builder, build);
}
