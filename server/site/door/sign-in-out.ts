/** Opening and ending a session: the same for the page and for the API. */
import type { Request, Response } from 'express';
import type { User } from '../../model/collections.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';
import { TooManyAttempts } from './error-answer.ts';
import { isHttps } from './https.ts';
import { sessionTokenOf, setSessionCookie } from './session.ts';

export type SignInOut = ReturnType<typeof createSignInOut>;

export function createSignInOut({ sessions, signIn, config, onSignOut }: AppDeps) {
  const https = isHttps(config);

  async function end(res: Response): Promise<void> {
    const token = sessionTokenOf(res);
    if (token === null) return;
    await sessions.close(token);
    onSignOut(token);
  }

  async function enter(req: Request, res: Response, name: string, password: string): Promise<User> {
    const user = await signIn(name, password, req.ip ?? '').catch((error: unknown) => {
      throw error instanceof GradeportError && error.code === 'busy' ? new TooManyAttempts(error) : error;
    });
    await admit(res, user);
    return user;
  }

  /** A token that was there before may be known to others: it ends here, and a new one is made. */
  async function admit(res: Response, user: User): Promise<void> {
    await end(res);
    setSessionCookie(res, await sessions.open(user.id), https);
  }

  async function leave(res: Response): Promise<void> {
    await end(res);
    setSessionCookie(res, null, https);
  }

  return { enter, admit, leave };
}
