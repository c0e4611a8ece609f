/** The registries that a user and a password are kept for. */
import { type RequestHandler, Router, urlencoded } from 'express';
import { z } from 'zod';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import { parseBody } from '../requests/parse-body.ts';
import { requireOperator } from '../requests/sharing-jobs.ts';
import { nav } from '../show/nav.ts';

const loginSchema = z.object({ host: z.string().max(300), user: z.string(), password: z.string() });
const hostSchema = z.object({ host: z.string().max(300) });
const form = urlencoded({ extended: false, limit: '32kb' });

export function registryPages({ credentials }: AppDeps): Router {
  const list: RequestHandler = async (_req, res) => {
    const user = requireOperator(actorOf(res));
    const registries = await credentials.list();
    render(res, 'registries', {
      ...nav(user, 'environments', languageFor(res).t('registries.registries')),
      registries,
      error: null,
      host: '',
      registryUser: '',
    });
  };

  const save: RequestHandler = async (req, res) => {
    const user = requireOperator(actorOf(res));
    const login = parseBody(loginSchema, req.body);
    try {
      await credentials.save(login.host, { user: login.user, password: login.password }, user.name);
    } catch (error) {
      if (!(error instanceof GradeportError) || error.code !== 'usage') throw error;
      const page = nav(user, 'environments', languageFor(res).t('registries.registries'));
      const registries = await credentials.list();
      const given = { host: login.host, registryUser: login.user, error: error.message };
      return render(res, 'registries', { ...page, registries, ...given }, 400);
    }
    res.redirect(303, '/registries');
  };

  const forget: RequestHandler = async (req, res) => {
    requireOperator(actorOf(res));
    await credentials.forget(parseBody(hostSchema, req.body).host);
    res.redirect(303, '/registries');
  };

  return Router()
    .get('/registries', list)
    .post('/registries', form, save)
    .post('/registries/forget', form, forget);
}
