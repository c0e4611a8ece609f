/** Staff of whom the operator asks a second factor reach nothing but their account until they have one. */
import type { RequestHandler } from 'express';
import type { User } from '../../model/collections.ts';
import { teaches } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { userOf } from './session.ts';

export type WhoOwes = 'optional' | 'operators' | 'staff';

export const owesSecondFactor = (
  who: WhoOwes,
  user: Pick<User, 'operator' | 'roles' | 'secondFactor'>,
): boolean =>
  user.secondFactor === undefined &&
  ((who === 'operators' && user.operator) || (who === 'staff' && teaches(user)));

const ACCOUNT = /^\/(?:account|sign-in|sign-out|api\/session)(?:\/|$)/;

export function askSecondFactor(who: WhoOwes): RequestHandler {
  return (req, res, next) => {
    const user = userOf(res);
    if (user === null || ACCOUNT.test(req.path) || !owesSecondFactor(who, user)) return next();
    if (req.method === 'GET' && !req.path.startsWith('/api')) return res.redirect(303, '/account');
    throw new GradeportError(
      'denied',
      'The operator asks staff for a second factor (signIn.secondFactor): set it up on the page /account first.',
    );
  };
}
