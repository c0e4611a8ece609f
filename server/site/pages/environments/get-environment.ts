/** "Get an environment": search, inspect, pull. */
import { type RequestHandler, Router, urlencoded } from 'express';
import { z } from 'zod';
import {
  lookAtImage,
  mayShare,
  pullImage,
  searchImages,
} from '../../../environments/registries/registry-verbs.ts';
import { asJob } from '../../../jobs/long-verb.ts';
import type { User } from '../../../model/collections.ts';
import { parseInput } from '../../../model/parse-input.ts';
import { granted } from '../../../model/verb.ts';
import { GradeportError } from '../../../rules/errors.ts';
import type { AppDeps } from '../../deps.ts';
import { problemOf } from '../../door/error-answer.ts';
import { isSameSite } from '../../door/same-origin.ts';
import { actorOf } from '../../door/session.ts';
import { languageFor, type PageTranslate } from '../../page-language.ts';
import { render } from '../../render.ts';
import { findView, lookedView } from '../../show/environments/sharing.ts';
import { jobHref } from '../../show/hrefs.ts';
import { nav } from '../../show/nav.ts';

const text = z.string().max(600).catch('');
const querySchema = z.object({ reference: text, q: text });
const checkbox = z.literal('yes').optional();
const pullSchema = z.object({
  reference: z.string().min(1).max(600),
  expected: z.string().max(100).optional(),
  any: checkbox,
});
const form = urlencoded({ extended: false, limit: '32kb' });

type Deps = Pick<AppDeps, 'sharing' | 'jobs' | 'config' | 'clock'>;

export function getEnvironmentPages(deps: Deps): Router {
  const show: RequestHandler = async (req, res) => {
    const user = actorOf(res);
    mayShare(user);
    const query = querySchema.parse(req.query);
    // A link on another site only fills the form in: it must not make this server query a registry.
    const asks = isSameSite(req.headers, deps.config.publicUrl);
    const { looked, finds, error } = await answer(
      user,
      asks ? query : { reference: '', q: '' },
      languageFor(res).t,
    );
    const language = languageFor(res);
    const page = nav(user, 'environments', language.t('registries.getAnEnvironment'));
    const status = error?.status ?? 200;
    render(
      res,
      'get-environment',
      {
        ...page,
        ...query,
        error: error?.message ?? null,
        looked: looked && lookedView(looked, deps.clock(), language),
        finds: finds?.map((find) => findView(find, language.t)) ?? null,
      },
      status,
    );
  };

  async function answer(user: User, { reference, q: words }: z.infer<typeof querySchema>, t: PageTranslate) {
    try {
      const looked = reference === '' ? null : await granted(lookAtImage(deps, user, { reference }));
      const finds = words === '' ? null : await granted(searchImages(deps, user, { words }));
      return { looked, finds, error: null };
    } catch (error) {
      if (!(error instanceof GradeportError) || error.code === 'internal') throw error;
      return { looked: null, finds: null, error: problemOf(error, user, t) };
    }
  }

  const pull: RequestHandler = async (req, res) => {
    const user = actorOf(res);
    mayShare(user);
    const { any, ...wanted } = parseInput(pullSchema, req.body);
    const job = await asJob(deps.jobs, user, pullImage(deps, user, { ...wanted, any: any !== undefined }));
    res.redirect(303, jobHref(job.id));
  };

  return Router().get('/environments/get', show).post('/environments/get', form, pull);
}
