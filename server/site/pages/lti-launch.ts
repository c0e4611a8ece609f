/** Where learning platforms send students (LTI 1.1): /lti/<course>/<task>. */
import { type Request, type Response, Router, text } from 'express';
import { enterByLaunch } from '../../lti/launch-verb.ts';
import { createLimitedLaunch } from '../../lti/limited-launch.ts';
import { granted } from '../../model/verb.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';
import { isFramed, offerWindow } from '../door/launch-window.ts';
import { createSignInOut } from '../door/sign-in-out.ts';
import { taskHref } from '../show/hrefs.ts';

type Place = { course: string; task: string };

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
  const { admit } = createSignInOut(deps);
  const launch = createLimitedLaunch({
    ...deps,
    onRefusal(course, error) {
      if (error instanceof GradeportError) log.warn({ course, why: error.message }, 'LTI launch refused');
    },
  });

  async function enter(req: Request<Place>, res: Response): Promise<void> {
    const { course, task } = req.params;
    const body = typeof req.body === 'string' ? req.body : '';
    if (isFramed(req)) return offerWindow(res, req.originalUrl, [...new URLSearchParams(body)]);
    const [path = '', query = ''] = req.originalUrl.split('?', 2);
    const request = { course, task, origin: originOf(req), path, query, body, address: req.ip ?? '' };
    const { token } = await granted(enterByLaunch({ launch, sessions }, null, request));
    await admit(res, token);
    res.redirect(303, taskHref(course, task));
  }

  /** Our address as browsers see it, because the platform signed that. */
  const originOf = (req: Request<Place>): string => {
    if (config.publicUrl !== null) return new URL(config.publicUrl).origin;
    const own = `http://${req.headers.host ?? ''}`;
    return URL.canParse(own) ? new URL(own).origin : own;
  };

  const form = text({ type: 'application/x-www-form-urlencoded', limit: MAX_FORM });
  return Router().post('/lti/:course/:task', form, enter);
}
