/** Opens and ends a browser's session by its cookie. Shared by the pages and the API. */
import type { Request, Response } from 'express';
import { granted } from '../../model/verb.ts';
import { type SessionDeps, signIn, signOut } from '../../people/session-verbs.ts';
import type { AppDeps } from '../deps.ts';
import { isHttps } from './https.ts';
import { deviceOf, sessionTokenOf, setDeviceCookie, setSessionCookie } from './session.ts';

export type SignInOut = ReturnType<typeof createSignInOut>;
type Deps = SessionDeps & Pick<AppDeps, 'config' | 'onSignOut'>;

export function createSignInOut({ sessions, signIn: check, config, onSignOut }: Deps) {
  const https = isHttps(config);
  const deps = { sessions, signIn: check };

  async function end(res: Response): Promise<void> {
    const token = sessionTokenOf(res);
    if (token === null) return;
    await granted(signOut(deps, null, { token }));
    onSignOut(token);
  }

  /** Other people may know an earlier token: that session ends, and a new one begins. */
  async function enter(req: Request, res: Response, given: { name: string; password: string; code: string }) {
    const device = deviceOf(req.headers.cookie);
    const from = { address: req.ip ?? '', agent: req.get('user-agent') ?? '', device };
    const answer = await signIn(deps, null, { ...given, ...from });
    if (!answer.ok) return answer;
    await admit(res, answer.value.token);
    setDeviceCookie(res, answer.value.device, https);
    return { ok: true as const, value: answer.value.account };
  }

  /** Begins the session of a user whom a learning platform vouches for. */
  async function admit(res: Response, token: string): Promise<void> {
    await end(res);
    setSessionCookie(res, token, https);
  }

  async function leave(res: Response): Promise<void> {
    await end(res);
    setSessionCookie(res, null, https);
  }

  return { enter, admit, leave };
}
