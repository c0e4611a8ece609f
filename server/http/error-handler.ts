/** The one place where an exception becomes an answer: JSON for programs, a page for people. */
import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { GradeportError } from '../core/errors.ts';
import type { AppDeps } from './deps.ts';
import { type Problem, problemOf } from './problem.ts';
import { render } from './render.ts';
import { userOf } from './session.ts';
import { nav } from './views/nav.ts';

export const nothingHere: RequestHandler = () => {
  throw new GradeportError('not-found', 'There is nothing at this address.');
};

const wantsJson = (req: Request): boolean => /^\/(?:api|healthz|metrics)(?:\/|$)/.test(req.path);

export function errorHandler(log: AppDeps['log']): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    // Half an answer is out already: all that is left is to hang up.
    if (res.headersSent) return next(error);
    const problem = problemOf(error, userOf(res) !== null);
    if (problem.errorId !== null) {
      log.error(
        { err: error, errorId: problem.errorId, method: req.method, path: req.path },
        'request failed',
      );
    }
    if (problem.retryAfterS !== null) res.set('Retry-After', String(problem.retryAfterS));
    res.set('Cache-Control', 'no-store');
    if (wantsJson(req)) return sendJson(res, problem);
    if (problem.status === 401 && (req.method === 'GET' || req.method === 'HEAD')) {
      return res.redirect(303, `/sign-in?next=${encodeURIComponent(req.originalUrl)}`);
    }
    sendPage(res, problem);
  };
}

function sendJson(res: Response, { status, message, errorId }: Problem): void {
  res.status(status).json({ error: message, ...(errorId !== null && { errorId }) });
}

function sendPage(res: Response, { status, message, errorId }: Problem): void {
  const page = { ...nav(userOf(res), '', STATUS_CODES[status] ?? 'Error'), status, message, errorId };
  render(res, 'error', page, status);
}
