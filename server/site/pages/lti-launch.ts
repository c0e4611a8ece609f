/** Where learning platforms send students (LTI 1.1): /lti/<course>/<task>. */
import { type Request, type Response, Router, text } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { createLaunch } from '../../lti/launch.ts';
import { networkOf } from '../../people/network.ts';
import { refuseAs } from '../../people/too-often.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';
import { isFramed, offerWindow } from '../door/launch-window.ts';
import { identify } from '../door/session.ts';
import { createSignInOut } from '../door/sign-in-out.ts';
import { taskHref } from '../show/hrefs.ts';

type Place = { course: string; task: string };

/** Refused launches from one network to one course: guesses of a secret, or a class with a wrong one. */
const REFUSALS = { points: 200, duration: 15 * 60 };
/** Far more than platforms send. */
const MAX_FORM = '64kb';

type Deps = Pick<
  AppDeps,
  | 'store'
  | 'courses'
  | 'setRole'
  | 'onArrival'
  | 'clock'
  | 'sessions'
  | 'signIn'
  | 'onSignOut'
  | 'config'
  | 'log'
>;

export function ltiLaunch(deps: Deps): Router {
  const { sessions, config, log } = deps;
  const launch = createLaunch(deps);
  const { admit } = createSignInOut(deps);
  const refusals = new RateLimiterMemory(REFUSALS);

  async function enter(req: Request<Place>, res: Response): Promise<void> {
    const { course, task } = req.params;
    const body = typeof req.body === 'string' ? req.body : '';
    if (isFramed(req)) return offerWindow(res, req.originalUrl, [...new URLSearchParams(body)]);
    const from = `${networkOf(req.ip ?? '')} ${course.slice(0, 100)}`;
    await refusals.consume(from).catch(refuseAs('too-many-launches'));
    const [path = '', query = ''] = req.originalUrl.split('?', 2);
    const user = await launch({ course, task, origin: originOf(req), path, query, body }).catch(told(course));
    await refusals.reward(from);
    await admit(res, user);
    res.redirect(303, taskHref(course, task));
  }

  const told = (course: string) => (error: unknown) => {
    if (error instanceof GradeportError) log.warn({ course, why: error.message }, 'LTI launch refused');
    throw error;
  };

  /** Our address as browsers see it, because the platform signed that. */
  const originOf = (req: Request<Place>): string => {
    if (config.publicUrl !== null) return new URL(config.publicUrl).origin;
    const own = `http://${req.headers.host ?? ''}`;
    return URL.canParse(own) ? new URL(own).origin : own;
  };

  const form = text({ type: 'application/x-www-form-urlencoded', limit: MAX_FORM });
  return Router().post('/lti/:course/:task', identify(sessions), form, enter);
}
