/** Signed-in browsers. The cookie carries a random token; the store keeps only its SHA-256. */
import { createHash, randomBytes } from 'node:crypto';
import type { User } from '../model/collections.ts';
import type { Store } from '../ports/store.ts';
import { plainLabel } from '../text/hostile.ts';
import { networkOf } from './sign-in/network.ts';

const HOUR_MS = 3_600_000;
/** A session ends this long after its last use. */
export const SESSION_MS = 14 * 24 * HOUR_MS;
/** ... and this long after signing in, however often it is used. */
const LONGEST_MS = 90 * 24 * HOUR_MS;
const MAX_AGENT = 200;
/** 32 bytes in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const idOf = (token: string): string => createHash('sha256').update(token).digest('hex');
const instant = (ms: number): string => new Date(ms).toISOString();

/** usedAt: to the hour. */
export type OpenSession = { id: string; agent: string; from: string; createdAt: string; usedAt: string };
export type Sessions = ReturnType<typeof createSessions>;

export function createSessions(
  { sessions, getWith }: Pick<Store, 'sessions' | 'getWith'>,
  clock: () => number,
  perUser = 20,
) {
  /** Returns the token for the cookie; it cannot be retrieved later. The session that was used least lately ends. */
  async function open(userId: string, { agent = '', address = '' } = {}): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const now = clock();
    const [createdAt, expiresAt] = [instant(now), instant(now + SESSION_MS)];
    const seen = { agent: plainLabel(agent, MAX_AGENT), from: networkOf(address) };
    await sessions.insert({ id: idOf(token), userId, createdAt, expiresAt, ...seen });
    const others = await sessions.find({ userId }, { sort: { expiresAt: -1 }, skip: perUser });
    for (const { id } of others) if (id !== idOf(token)) await sessions.remove({ id });
    return token;
  }

  /** The user's own list, the one used last first. */
  async function list(userId: string): Promise<OpenSession[]> {
    const now = clock();
    const found = await sessions.find({ userId }, { sort: { expiresAt: -1 } });
    return found
      .filter(({ expiresAt }) => Date.parse(expiresAt) > now)
      .map(({ id, createdAt, expiresAt, agent = '', from = '' }) => ({
        id,
        agent,
        from,
        createdAt,
        usedAt: instant(Date.parse(expiresAt) - SESSION_MS),
      }));
  }

  const isOf = (id: string, token: string): boolean => id === idOf(token);

  /** Ends one session of the user, or all but the one of this token. */
  async function end(userId: string, which: { id: string } | { allBut: string }): Promise<number> {
    if ('id' in which) return sessions.remove({ id: which.id, userId });
    return sessions.remove({ userId, id: { $ne: idOf(which.allBut) } });
  }

  /** The user of this token; using it keeps the session alive, at the cost of one write per hour. */
  async function resolve(token: string): Promise<User | null> {
    if (!TOKEN.test(token)) return null;
    // Session and user are read for each request: a sign-out or a removal takes effect at once.
    const found = await getWith({ from: 'sessions', id: idOf(token), by: 'userId', to: 'users' });
    const now = clock();
    if (!found || Date.parse(found.doc.expiresAt) <= now) return null;
    // A stolen cookie that is used every day must not open the account for ever.
    if (Date.parse(found.doc.createdAt) <= now - LONGEST_MS) return null;
    const { doc: session, linked: user } = found;
    if (Date.parse(session.expiresAt) < now + SESSION_MS - HOUR_MS) {
      await sessions.update({ id: session.id }, { $set: { expiresAt: instant(now + SESSION_MS) } });
    }
    return user;
  }

  async function close(token: string): Promise<void> {
    await sessions.remove({ id: idOf(token) });
  }

  async function closeAllOf(userId: string): Promise<number> {
    return sessions.remove({ userId });
  }

  /** Removes expired sessions; returns how many. Called at start and once a day. */
  async function purge(): Promise<number> {
    return sessions.remove({ expiresAt: { $lte: instant(clock()) } });
  }

  return { open, resolve, list, isOf, end, close, closeAllOf, purge };
}
