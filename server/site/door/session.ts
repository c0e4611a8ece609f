/** The session cookie, and the user it belongs to. */
import { parse, serialize } from 'cookie';
import type { RequestHandler, Response } from 'express';
import type { User } from '../../model/collections.ts';
import type { Sessions } from '../../people/sessions.ts';
import { GradeportError } from '../../rules/errors.ts';

export const SESSION_COOKIE = 'gradeport_session';
/** The longest time that browsers allow; the store decides when a session ends. */
const COOKIE_S = 400 * 24 * 3600;

type Identity = { token: string; user: User };
const identities = new WeakMap<Response, Identity>();

export function tokenOf(cookieHeader: string | undefined): string | null {
  return cookieHeader === undefined ? null : (parse(cookieHeader)[SESSION_COOKIE] ?? null);
}

export function identify(sessions: Sessions): RequestHandler {
  return async (req, res, next) => {
    const token = tokenOf(req.headers.cookie);
    const user = token === null ? null : await sessions.resolve(token);
    if (token !== null && user !== null) identities.set(res, { token, user });
    next();
  };
}

export const userOf = (res: Response): User | null => identities.get(res)?.user ?? null;
export const sessionTokenOf = (res: Response): string | null => identities.get(res)?.token ?? null;

/** The signed-in user; fails without one. */
export function actorOf(res: Response): User {
  const user = userOf(res);
  if (user) return user;
  throw new GradeportError('denied', 'Sign in first.');
}

/** @param token null removes the cookie */
export function setSessionCookie(res: Response, token: string | null, https: boolean): void {
  const options = { httpOnly: true, sameSite: 'lax', secure: https, path: '/' } as const;
  const maxAge = token === null ? 0 : COOKIE_S;
  res.append('Set-Cookie', serialize(SESSION_COOKIE, token ?? '', { ...options, maxAge }));
}
