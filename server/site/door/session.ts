/** The session cookie, and the user it belongs to. */
import { parse, serialize } from 'cookie';
import type { RequestHandler, Response } from 'express';
import type { User } from '../../model/collections.ts';
import type { Sessions } from '../../people/sessions.ts';
import { GradeportError } from '../../rules/errors.ts';

export const SESSION_COOKIE = 'gradeport_session';
/** The mark of the account that last signed in here: it opens nothing, and outlives the session. */
const DEVICE_COOKIE = 'gradeport_device';
/** The longest time that browsers allow; the store decides when a session ends. */
const COOKIE_S = 400 * 24 * 3600;

type Identity = { token: string; user: User };
const identities = new WeakMap<Response, Identity>();

const cookieOf = (header: string | undefined, name: string): string | null =>
  header === undefined ? null : (parse(header)[name] ?? null);
export const tokenOf = (cookieHeader: string | undefined): string | null =>
  cookieOf(cookieHeader, SESSION_COOKIE);
/** Cut, because anything may be in a cookie. */
export const deviceOf = (cookieHeader: string | undefined): string | null =>
  cookieOf(cookieHeader, DEVICE_COOKIE)?.slice(0, 200) ?? null;

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
export const setSessionCookie = (res: Response, token: string | null, https: boolean): void =>
  setCookie(res, SESSION_COOKIE, token, https);
export const setDeviceCookie = (res: Response, mark: string, https: boolean): void =>
  setCookie(res, DEVICE_COOKIE, mark, https);

function setCookie(res: Response, name: string, value: string | null, https: boolean): void {
  const options = { httpOnly: true, sameSite: 'lax', secure: https, path: '/' } as const;
  const maxAge = value === null ? 0 : COOKIE_S;
  res.append('Set-Cookie', serialize(name, value ?? '', { ...options, maxAge }));
}
