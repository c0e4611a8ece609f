/** The one place where an exception becomes an answer: JSON for programs, a page for people. */
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { MessageKey } from '../../web/languages.ts';
import { GradeportError } from '../rules/errors.ts';
import type { AppDeps } from './deps.ts';
import { type Problem, problemOf } from './door/error-answer.ts';
import { userOf } from './door/session.ts';
import { languageFor } from './page-language.ts';
import { render } from './render.ts';
import { nav } from './show/nav.ts';

export const nothingHere: RequestHandler = () => {
  throw new GradeportError('not-found', 'There is nothing at this address.');
};

const SILENT_MS = 10_000;
/** Tells our script that it is unknown whether its request was stored (web/client/answers/send-in-place.ts). */
const STORE_AWAY_HEADER = 'gradeport-store-away';

const wantsJson = (req: Request): boolean => /^\/(?:api|healthz|readyz|metrics)(?:\/|$)/.test(req.path);

export function errorHandler(log: AppDeps['log']): ErrorRequestHandler {
  const logAway = seldom((entry: object) => log.warn(entry, 'the database does not answer'));
  return (error: unknown, req, res, next) => {
    // Half an answer was sent already: all that remains is to close the connection.
    if (res.headersSent) return next(error);
    const problem = problemOf(error, userOf(res), languageFor(res).t);
    if (problem.errorId !== null) {
      log.error(
        { err: error, errorId: problem.errorId, method: req.method, path: req.path },
        'request failed',
      );
    }
    if (problem.passes) logAway({ err: error, path: req.path });
    if (problem.retryAfterS !== null) res.set('Retry-After', String(problem.retryAfterS));
    res.set('Cache-Control', 'no-store');
    if (wantsJson(req)) return sendJson(res, problem);
    if (problem.status === 401 && (req.method === 'GET' || req.method === 'HEAD')) {
      return res.redirect(303, `/sign-in?next=${encodeURIComponent(req.originalUrl)}`);
    }
    if (problem.passes) return sendMoment(req, res, problem);
    sendPage(req, res, problem);
  };
}

/** While the database is away every request fails: one log line per interval is enough. */
function seldom(log: (entry: object) => void): (entry: object) => void {
  let silentUntil = 0;
  return (entry) => {
    if (performance.now() < silentUntil) return;
    silentUntil = performance.now() + SILENT_MS;
    log(entry);
  };
}

/** A page that was only requested for display loads again automatically; a form is not sent twice. */
function sendMoment(req: Request, res: Response, { status, retryAfterS }: Problem): void {
  const asksAgain = req.method === 'GET' || req.method === 'HEAD';
  if (asksAgain) res.set('Refresh', String(retryAfterS));
  else res.set(STORE_AWAY_HEADER, '1');
  render(
    res,
    'moment',
    { ...nav(userOf(res), '', languageFor(res).t('site.oneMoment')), asksAgain, href: req.originalUrl },
    status,
  );
}

function sendJson(res: Response, { status, message, errorId }: Problem): void {
  res.status(status).json({ error: message, ...(errorId !== null && { errorId }) });
}

/** Headings of error pages; other statuses get a general heading. */
const TITLES: Readonly<Record<number, MessageKey>> = {
  400: 'site.badRequest',
  401: 'site.notSignedIn',
  403: 'site.notAllowed',
  404: 'site.notFound',
  409: 'site.conflict',
  413: 'site.tooLarge',
  415: 'site.unsupportedFormat',
  422: 'site.cannotBeProcessed',
  429: 'site.tooManyRequests',
  500: 'site.errorOnOurSide',
  503: 'site.notAvailable',
  507: 'site.diskFull',
};

/** Answers of a task stay in the browser, and its page has the address to which they are sent. */
const TASK_PAGE = /^\/courses\/[^/?]+\/tasks\/[^/?]+/;

function sendPage(req: Request, res: Response, { status, message, errorId }: Problem): void {
  const [taskPage] = TASK_PAGE.exec(req.originalUrl) ?? [];
  const isStranger = status === 401;
  const page = {
    ...nav(userOf(res), '', languageFor(res).t(TITLES[status] ?? 'site.error')),
    status,
    message,
    errorId,
    signInHref: isStranger ? `/sign-in?next=${encodeURIComponent(taskPage ?? '/')}` : null,
    draftIsKept: isStranger && taskPage !== undefined,
  };
  render(res, 'error', page, status);
}
