/** The list of environments: cards or a table. The address holds the filter, so that all of it works without script. */
import { parse } from 'cookie';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { audienceOf } from '../../../environments/discovery/audience.ts';
import { seeEnvironments } from '../../../environments/discovery/environment-verbs.ts';
import { whyNewer } from '../../../environments/updates/update-plan.ts';
import { granted } from '../../../model/verb.ts';
import { can } from '../../../rules/access.ts';
import type { AppDeps } from '../../deps.ts';
import { isHttps } from '../../door/https.ts';
import { actorOf } from '../../door/session.ts';
import { languageFor } from '../../page-language.ts';
import { render } from '../../render.ts';
import { environmentViews } from '../../show/environments/environment.ts';
import {
  environmentsPage,
  type ListView,
  readFilter,
  readView,
} from '../../show/environments/environment-list.ts';
import { withheldReason } from '../../show/environments/seen-environments.ts';
import { nav } from '../../show/nav.ts';

/** Cards or table: the last choice, kept in a cookie. */
const VIEW_COOKIE = 'gradeport_environments';
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

type Deps = Pick<AppDeps, 'environments' | 'updates' | 'config' | 'clock' | 'paused' | 'awaited' | 'unbuilt'>;

export function environmentListPage(deps: Deps): Router {
  const { environments, updates, config, clock, paused } = deps;
  const list: RequestHandler = async (req, res) => {
    const user = actorOf(res);
    const language = languageFor(res);
    const page = nav(user, 'environments', language.t('environments.environments'));
    const canBuild = can(user, 'build-environments', null);
    const view = viewOf(req, res);
    const withheld = withheldReason(language.t);
    const { names, engine } = await granted(seeEnvironments({ environments }, user, { withheld }));
    const all = environmentViews(names, clock(), audienceOf(user), whyNewer(updates), language);
    const shown = environmentsPage({ environments: all, engine }, readFilter(req.query), view, language.t);
    // Their sentences name tasks and images, and say what an operator does.
    const isOperator = can(user, 'operate', null);
    const awaited = isOperator ? [...(deps.awaited?.() ?? [])] : [];
    const unbuilt = isOperator ? [...((await deps.unbuilt?.()) ?? [])] : [];
    const state = { paused: paused?.() ?? null, awaited, unbuilt };
    render(res, 'environments', { ...page, canBuild, ...state, ...shown });
  };

  function viewOf(req: Request, res: Response): ListView {
    const chosen = readView(req.query['view']);
    if (chosen === null) return readView(parse(req.headers.cookie ?? '')[VIEW_COOKIE]) ?? 'cards';
    const options = { httpOnly: true, sameSite: 'lax', secure: isHttps(config) } as const;
    res.cookie(VIEW_COOKIE, chosen, { ...options, path: '/environments', maxAge: YEAR_MS });
    return chosen;
  }

  return Router().get('/environments', list);
}
