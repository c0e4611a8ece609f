/**
 * Bodies of requests are kept in memory while they arrive and until they are answered. So their bytes are counted before
 * the first one is read: for each user (or network of a stranger) and in all. A body that arrives too slowly is given up.
 */
import type { Request, RequestHandler, Response } from 'express';
import { networkOf } from '../../people/sign-in/network.ts';
import { GradeportError } from '../../rules/errors.ts';
import { refuse } from '../../rules/problems.ts';
import { stopped } from '../../rules/stopped-attacks.ts';
import { bytesText } from '../../text/quantities.ts';
import { userOf } from './session.ts';

export type BodyBounds = {
  /** Bytes of bodies that are being read or answered: of one user, and of all. */
  bytesInFlight: number;
  bytesInFlightPerUser: number;
};
export type Pace = { graceMs: number; bytesPerSecond: number };

/** Slower than any line that could show a page. */
const SLOWEST: Pace = { graceMs: 30_000, bytesPerSecond: 16 * 1024 };
/** Forms to sign in, settings and the like have a share of their own: uploads of others do not keep them out. */
const SMALL_BYTES = 64 * 1024;

type Purse = { used: number; ofUser: Map<string, number> };

export function boundBodies(bounds: BodyBounds, pace = SLOWEST): RequestHandler {
  const purses: Record<'small' | 'large', Purse> = {
    small: { used: 0, ofUser: new Map() },
    large: { used: 0, ofUser: new Map() },
  };

  return (req, res, next) => {
    const bytes = lengthOf(req);
    if (bytes === 0) return next();
    const user = userOf(res);
    const key = user?.id ?? networkOf(req.ip ?? '');
    const about = { user: user?.name, from: user ? undefined : key };
    const purse = purses[bytes <= SMALL_BYTES ? 'small' : 'large'];
    const own = purse.ofUser.get(key) ?? 0;
    // One body is always let in where nothing else of this user is there: its route has its own limit.
    if (own > 0 && own + bytes > bounds.bytesInFlightPerUser) {
      stopped('flood', {
        why: `bodies of more than ${bytesText(bounds.bytesInFlightPerUser)} at once`,
        ...about,
      });
      return refuse('user-sends-much', {
        most: bytesText(bounds.bytesInFlightPerUser),
        wait: '5 s',
        waitS: 5,
      });
    }
    if (purse.used + bytes > bounds.bytesInFlight) {
      stopped('flood', {
        why: `bodies of more than ${bytesText(bounds.bytesInFlight)} of all users`,
        ...about,
      });
      return refuse('all-send-much', { most: bytesText(bounds.bytesInFlight) });
    }
    hold(purse, key, bytes, res);
    giveUpSlow(req, res, pace.graceMs + (bytes / pace.bytesPerSecond) * 1000, about);
    next();
  };
}

/** @returns 0: no body */
function lengthOf({ headers }: Request): number {
  const length = headers['content-length'];
  if (length !== undefined) return Number(length);
  if (headers['transfer-encoding'] === undefined) return 0;
  throw new GradeportError('usage', 'A request with a body must say its Content-Length.');
}

function hold(purse: Purse, key: string, bytes: number, res: Response): void {
  purse.used += bytes;
  purse.ofUser.set(key, (purse.ofUser.get(key) ?? 0) + bytes);
  res.once('close', () => {
    purse.used -= bytes;
    const left = (purse.ofUser.get(key) ?? 0) - bytes;
    if (left > 0) purse.ofUser.set(key, left);
    else purse.ofUser.delete(key);
  });
}

function giveUpSlow(
  req: Request,
  res: Response,
  ms: number,
  about: { user: string | undefined; from: string | undefined },
): void {
  const timer = setTimeout(() => {
    stopped('slow-client', { why: `a body that took longer than ${Math.round(ms / 1000)} s`, ...about });
    req.socket.destroy();
  }, ms);
  const over = () => clearTimeout(timer);
  req.once('end', over);
  res.once('close', over);
}
