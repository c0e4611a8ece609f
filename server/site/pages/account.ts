/** One's own account: the second factor, and the browsers that are signed in. */
import { type Request, type RequestHandler, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import { parseInput } from '../../model/parse-input.ts';
import { granted } from '../../model/verb.ts';
import {
  type AccountDeps,
  beginSecondFactor,
  confirmSecondFactor,
  endSecondFactor,
  endSessions,
  listSessions,
} from '../../people/account-verbs.ts';
import { qrCodeOf } from '../../people/sign-in/qr-code.ts';
import { otpauth } from '../../people/sign-in/totp.ts';
import type { Refused } from '../../rules/problems.ts';
import { problemOf } from '../door/error-answer.ts';
import { owesSecondFactor, type WhoOwes } from '../door/second-factor.ts';
import { actorOf, sessionTokenOf } from '../door/session.ts';
import { languageFor } from '../page-language.ts';
import { render } from '../render.ts';
import { accountPage, type ShownOnce } from '../show/account.ts';

type Deps = AccountDeps & { config: { whoOwes: WhoOwes }; onSessionsEnded: () => void };
type Shown = ShownOnce & { refusal?: Refused };

const formSchema = z.object({ password: z.string().default(''), code: z.string().default('') });
const endSchema = z.object({ id: z.string().optional() });

const tokenOf = (res: Response): string => sessionTokenOf(res) ?? '';

export function accountPages(deps: Deps): Router {
  async function show(res: Response, { refusal, ...shown }: Shown = {}): Promise<void> {
    const user = actorOf(res);
    const { t } = languageFor(res);
    const sessions = await granted(listSessions(deps, user, { token: tokenOf(res) }));
    const problem = refusal ? problemOf(refusal, user, t) : null;
    if (problem?.retryAfterS) res.set('Retry-After', String(problem.retryAfterS));
    const isOwed = owesSecondFactor(deps.config.whoOwes, user);
    const page = accountPage(user, sessions, { error: problem?.message ?? null, isOwed, ...shown }, t);
    render(res, 'account', page, problem?.status);
  }

  const begin: RequestHandler = async (req, res) => {
    const user = actorOf(res);
    const { password } = parseInput(formSchema, req.body);
    const answer = await beginSecondFactor(deps, user, { password, address: req.ip ?? '' });
    if (!answer.ok) return show(res, { refusal: answer.refusal });
    const { secret } = answer.value;
    const link = otpauth(secret, user.name, req.headers.host ?? '');
    await show(res, { enrol: { secret, link, code: qrCodeOf(link) } });
  };

  const confirm: RequestHandler = async (req, res) => {
    const { code } = parseInput(formSchema, req.body);
    const answer = await confirmSecondFactor(deps, actorOf(res), {
      code,
      token: tokenOf(res),
      address: req.ip ?? '',
    });
    if (!answer.ok) return show(res, { refusal: answer.refusal });
    deps.onSessionsEnded();
    await show(res, { isOn: true, codes: answer.value.codes });
  };

  const end: RequestHandler = async (req, res) => {
    const form = parseInput(formSchema, req.body);
    const answer = await endSecondFactor(deps, actorOf(res), { ...form, address: req.ip ?? '' });
    if (!answer.ok) return show(res, { refusal: answer.refusal });
    res.redirect(303, '/account');
  };

  async function endOnes(req: Request, res: Response): Promise<void> {
    const { id = null } = parseInput(endSchema, req.body ?? {});
    await granted(endSessions(deps, actorOf(res), { id, token: tokenOf(res) }));
    deps.onSessionsEnded();
    res.redirect(303, '/account');
  }

  const form = urlencoded({ extended: false, limit: '16kb' });
  return Router()
    .get('/account', (_req, res) => show(res))
    .post('/account/second-factor/begin', form, begin)
    .post('/account/second-factor/confirm', form, confirm)
    .post('/account/second-factor/end', form, end)
    .post('/account/sessions/end', form, endOnes);
}
