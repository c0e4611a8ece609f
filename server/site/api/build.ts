/** Building environments, for programs; and what the editor asks while somebody types. */
import { json, type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { MAX_DOCKERFILE_BYTES } from '../../environments/builds/dockerfile/lint.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { createBuildService } from '../requests/build-service.ts';
import { parseBody } from '../requests/parse-body.ts';
import { lintView } from '../show/environments/build.ts';
import { jobHref } from '../show/hrefs.ts';

/** JSON writes some characters as six. */
const LINT_BYTES = 6 * MAX_DOCKERFILE_BYTES;
const lintSchema = z.strictObject({
  dockerfile: z.string().max(2 * MAX_DOCKERFILE_BYTES),
  /** "name/3": the kept build whose other files it would be built with. */
  from: z.string().max(250).default(''),
  /** Whether an archive will bring files that nobody has seen yet. */
  archive: z.boolean().default(false),
});

export function buildApi({ builds }: AppDeps): Router {
  const service = createBuildService(builds);

  /** Before a body is read. */
  const builder: RequestHandler = (_req, res, next) => {
    builds.requireBuilder(actorOf(res));
    next();
  };

  async function lint(req: Request, res: Response): Promise<void> {
    const user = actorOf(res);
    const { dockerfile, from, archive } = parseBody(lintSchema, req.body);
    const files = archive ? null : await service.keptPaths(user, from);
    res.json(lintView(await builds.check(user, dockerfile, files), languageFor(res).t));
  }

  async function build(req: Request, res: Response): Promise<void> {
    const sent = await service.send(actorOf(res), req, res);
    if (!sent.job) {
      const { messages, refusal } = lintView(sent.checked, languageFor(res).t);
      return void res
        .status(422)
        .json({ error: 'Nothing was built: its Dockerfile has errors.', refusal, messages });
    }
    res
      .status(202)
      .location(`/api${jobHref(sent.job.id)}`)
      .json({ job: sent.job.id, href: jobHref(sent.job.id) });
  }

  return Router()
    .post('/environments/lint', builder, json({ limit: LINT_BYTES }), lint)
    .post('/environments/builds', build);
}
