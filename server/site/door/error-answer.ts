/** How an exception is reported to a client. */
import { randomBytes } from 'node:crypto';
import { MulterError } from 'multer';
import { type ErrorCode, GradeportError, isNoSpace } from '../../rules/errors.ts';
import { Refused } from '../../rules/problems.ts';
import { bytesText } from '../../text/quantities.ts';
import { ENGLISH, type PageTranslate } from '../page-language.ts';

/** An error's answer: a status, a sentence, and for our own faults an id that is also in the log. */
export type Problem = {
  status: number;
  message: string;
  errorId: string | null;
  retryAfterS: number | null;
  /** The same request will work in a moment; the user does not have to do anything. */
  passes: boolean;
};

const STATUS: Record<Exclude<ErrorCode, 'denied' | 'store-away'>, number> = {
  usage: 400,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  busy: 503,
  unreachable: 503,
  'no-space': 507,
  internal: 500,
};
const RETRY_AFTER_S = 5;
/** A database that restarts, or whose replica set elects a new primary, is back within seconds. */
const MOMENT_S = 3;

/** Where one user asks too often, the facts say when to come again; "busy" alone means that the server is full. */
const waitOf = (error: Refused): number | null => ('waitS' in error.facts ? error.facts.waitS : null);

/** Problems where signing in would not help; "denied" alone asks a stranger to sign in. */
export class ForeignSite extends GradeportError {
  constructor() {
    super(
      'denied',
      'This request comes from another site. Behind a proxy, set the public URL to the address that browsers use.',
    );
  }
}

/** The reader of the answer; null: a visitor who is not signed in. */
type Reader = { operator: boolean } | null;

/** @param t the reader's language, for the sentences of this file; sentences from elsewhere are English */
export function problemOf(error: unknown, reader: Reader, t = ENGLISH.t): Problem {
  const problem = problemForOperator(error, reader !== null, t);
  if (reader?.operator) return problem;
  const fault = faultOfMachine(error);
  if (fault !== null) return { ...problem, message: t(fault) };
  if (!NOT_FOR_ALL.test(problem.message)) return problem;
  const errorId = newErrorId();
  return { ...problem, message: t('site.ourFault', { id: errorId }), errorId };
}

/** A path of this machine, a status of the engine, an error number of the system, a stack: only operators can use them. */
const NOT_FOR_ALL =
  /(?:^|[\s"'`(:=])\/(?:[\w.@-]+\/)+[\w.@-]*|\(HTTP code \d+\)|\bE(?:NOENT|NOSPC|DQUOT|ACCES|PERM|IO|ROFS|MFILE|NFILE|NOMEM|EXIST|CONN[A-Z]+)\b|\n\s+at /;

/** What others than operators read of a fault of the machine: its own sentence names folders and addresses. */
function faultOfMachine(error: unknown): Parameters<PageTranslate>[0] | null {
  if (error instanceof Refused || !(error instanceof GradeportError)) return null;
  if (error.code === 'no-space') return 'site.diskOfServerFull';
  if (error.code === 'unreachable') return 'site.engineAway';
  // Without a cause it is a rule of Gradeport's own, such as a queue that is full.
  return error.code === 'busy' && error.cause !== undefined ? 'site.storeAwayForNow' : null;
}

const newErrorId = () => randomBytes(6).toString('hex');

function problemForOperator(error: unknown, signedIn: boolean, t: PageTranslate): Problem {
  if (error instanceof GradeportError && error.code !== 'internal') return ours(error, signedIn, t);
  if (isNoSpace(error)) {
    return plain(507, t('site.diskOfServerFull'));
  }
  if (error instanceof MulterError) return plain(400, t('site.malformedForm', { why: error.message }));
  const http = httpStatusOf(error, t);
  if (http !== null) return http;
  const errorId = newErrorId();
  return {
    ...plain(500, t('site.ourFault', { id: errorId })),
    errorId,
  };
}

function plain(status: number, message: string): Problem {
  return { status, message, errorId: null, retryAfterS: null, passes: false };
}

function ours(error: GradeportError, signedIn: boolean, t: PageTranslate): Problem {
  if (error.code === 'denied') {
    return plain(signedIn || error instanceof ForeignSite ? 403 : 401, error.message);
  }
  const waitS = error instanceof Refused ? waitOf(error) : null;
  if (waitS !== null) return { ...plain(429, error.message), retryAfterS: waitS };
  if (error.code === 'store-away') {
    return { ...plain(503, t('site.storeAwayForNow')), retryAfterS: MOMENT_S, passes: true };
  }
  const retries = error.code === 'busy' || error.code === 'unreachable';
  return { ...plain(STATUS[error.code], error.message), retryAfterS: retries ? RETRY_AFTER_S : null };
}

/** Express and its body parsers throw errors with a status: bad JSON, a bad %-escape, a body that is too large. */
function httpStatusOf(error: unknown, t: PageTranslate): Problem | null {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null;
  if (error.status < 400 || error.status > 499) return null;
  if (error.status !== 413) return plain(error.status, t('site.malformedRequest', { why: error.message }));
  const hasLimit = 'limit' in error && typeof error.limit === 'number';
  return plain(
    413,
    hasLimit
      ? t('site.requestTooLarge', { size: bytesText(Number(error.limit)) })
      : t('site.requestTooLargeAny'),
  );
}
