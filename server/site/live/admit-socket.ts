/** Who may open a live connection: a signed-in user, from one of our own pages. */
import type { IncomingMessage } from 'node:http';
import type { User } from '../../model/collections.ts';
import type { Sessions } from '../../people/sessions.ts';
import { isSameSite } from '../door/same-origin.ts';
import { tokenOf } from '../door/session.ts';

export type Visitor = { token: string; user: User };

export function createDoor(sessions: Pick<Sessions, 'resolve'>, publicUrl: string | null) {
  const visitors = new WeakMap<IncomingMessage, Visitor>();

  /** Browsers name the origin of every web socket; a poll from our own page may name none. */
  function fromOurPage({ headers }: IncomingMessage): boolean {
    const named = headers.origin !== undefined || headers.upgrade === undefined;
    return named && isSameSite(headers, publicUrl);
  }

  async function admit(request: IncomingMessage): Promise<string | null> {
    if (!fromOurPage(request)) return 'This connection comes from another site.';
    const token = tokenOf(request.headers.cookie);
    const user = token === null ? null : await sessions.resolve(token);
    if (token === null || user === null) return 'Sign in first.';
    visitors.set(request, { token, user });
    return null;
  }

  return {
    /** Answers in the form that socket.io asks for: an error text, or null. */
    allowRequest(request: IncomingMessage, answer: (error: string | null, allowed: boolean) => void): void {
      admit(request).then(
        (refusal) => answer(refusal, refusal === null),
        () => answer('Try again later.', false),
      );
    },
    visitorOf: (request: IncomingMessage): Visitor | null => visitors.get(request) ?? null,
  };
}
