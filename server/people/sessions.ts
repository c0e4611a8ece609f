/** Signed-in browsers. The cookie carries a random token; the store keeps only its SHA-256. */
import { createHash, randomBytes } from 'node:crypto';
import type { User } from '../model/collections.ts';
import type { Store } from '../ports/store.ts';

const HOUR_MS = 3_600_000;
/** A session ends this long after its last use. */
export const SESSION_MS = 14 * 24 * HOUR_MS;
/** 32 bytes in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const idOf = (token: string): string => createHash('sha256').update(token).digest('hex');
const instant = (ms: number): string => new Date(ms).toISOString();

export type Sessions = ReturnType<typeof createSessions>;

export function createSessions(
  { sessions, getWith }: Pick<Store, 'sessions' | 'getWith'>,
  clock: () => number,
) {
  /** Returns the token for the cookie; it cannot be retrieved later. */
  async function open(userId: string): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const now = clock();
    const [createdAt, expiresAt] = [instant(now), instant(now + SESSION_MS)];
    await sessions.insert({ id: idOf(token), userId, createdAt, expiresAt });
    return token;
  }

  /** The user of this token; using it keeps the session alive, at the cost of one write per hour. */
  async function resolve(token: string): Promise<User | null> {
    if (!TOKEN.test(token)) return null;
    // Session and user are read for each request: a sign-out or a removal takes effect at once.
    const found = await getWith({ from: 'sessions', id: idOf(token), by: 'userId', to: 'users' });
    const now = clock();
    if (!found || Date.parse(found.doc.expiresAt) <= now) return null;
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

  return { open, resolve, close, closeAllOf, purge };
}
