/** "Get an environment": search, look, pull. */
import { type RequestHandler, Router, urlencoded } from 'express';
import { z } from 'zod';
import { look } from '../../environments/registries/look-at-image.ts';
import { search } from '../../environments/registries/search.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';
import { problemOf } from '../door/error-answer.ts';
import { isSameSite } from '../door/same-origin.ts';
import { actorOf } from '../door/session.ts';
import { languageFor, type PageTranslate } from '../page-language.ts';
import { render } from '../render.ts';
import { parseBody } from '../requests/parse-body.ts';
import { requireOperator, type SharingJobs } from '../requests/sharing-jobs.ts';
import { findView, lookedView } from '../show/environments/sharing.ts';
import { jobHref } from '../show/hrefs.ts';
import { nav } from '../show/nav.ts';

const text = z.string().max(600).catch('');
const querySchema = z.object({ reference: text, q: text });
const checkbox = z.literal('yes').optional();
const pullSchema = z.object({
  reference: z.string().min(1).max(600),
  expected: z.string().max(100).optional(),
  any: checkbox,
});
const form = urlencoded({ extended: false, limit: '32kb' });

export function getEnvironmentPages(deps: AppDeps, jobs: SharingJobs): Router {
  const { sharing, config } = deps;

  const show: RequestHandler = async (req, res) => {
    const user = requireOperator(actorOf(res));
    const query = querySchema.parse(req.query);
    // A link on another site only fills the form in: it makes this server ask nobody.
    const asks = isSameSite(req.headers, config.publicUrl);
    const { looked, finds, error } = await answer(
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

  async function answer({ reference, q }: z.infer<typeof querySchema>, t: PageTranslate) {
    try {
      const looked = reference === '' ? null : await look(sharing, reference);
      const finds = q === '' ? null : await search(sharing, q);
      return { looked, finds, error: null };
    } catch (error) {
      if (!(error instanceof GradeportError) || error.code === 'internal') throw error;
      return { looked: null, finds: null, error: problemOf(error, true, t) };
    }
  }

  const pull: RequestHandler = (req, res) => {
    const user = requireOperator(actorOf(res));
    const { reference, expected = null, any } = parseBody(pullSchema, req.body);
    const job = jobs.pull(user, { reference, expected, any: any !== undefined });
    res.redirect(303, jobHref(job.id));
  };

  return Router().get('/environments/get', show).post('/environments/get', form, pull);
}
