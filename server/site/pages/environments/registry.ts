/** The registries with saved credentials. */
import { type RequestHandler, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import {
  type CredentialDeps,
  forgetLogin,
  keepLogin,
  listRegistries,
} from '../../../environments/registries/registry-verbs.ts';
import { parseInput } from '../../../model/parse-input.ts';
import { granted } from '../../../model/verb.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { actorOf } from '../../door/session.ts';
import { languageFor } from '../../page-language.ts';
import { render } from '../../render.ts';
import { nav } from '../../show/nav.ts';

const loginSchema = z.object({ host: z.string().max(300), user: z.string(), password: z.string() });
const hostSchema = z.object({ host: z.string().max(300) });
const form = urlencoded({ extended: false, limit: '32kb' });

export function registryPages(deps: CredentialDeps): Router {
  /** @param given the form's values after a refusal */
  async function page(res: Response, given: { error: string | null; host: string; registryUser: string }) {
    const user = actorOf(res);
    const registries = await granted(listRegistries(deps, user, {}));
    const status = given.error === null ? 200 : 400;
    render(
      res,
      'registries',
      { ...nav(user, 'environments', languageFor(res).t('registries.registries')), registries, ...given },
      status,
    );
  }

  const list: RequestHandler = (_req, res) => page(res, { error: null, host: '', registryUser: '' });

  const keep: RequestHandler = async (req, res) => {
    const login = parseInput(loginSchema, req.body);
    try {
      await granted(keepLogin(deps, actorOf(res), login));
    } catch (error) {
      if (!(error instanceof GradeportError) || error.code !== 'usage') throw error;
      return page(res, { host: login.host, registryUser: login.user, error: error.message });
    }
    res.redirect(303, '/registries');
  };

  const forget: RequestHandler = async (req, res) => {
    await granted(forgetLogin(deps, actorOf(res), parseInput(hostSchema, req.body)));
    res.redirect(303, '/registries');
  };

  return Router()
    .get('/registries', list)
    .post('/registries', form, keep)
    .post('/registries/forget', form, forget);
}
