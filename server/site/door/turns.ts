/**
 * Requests of one user take turns, and while more of them wait, a rest that is as long as the turn was comes after each:
 * however many are sent at once, others have the processor for half of the time. A request that takes long waits for
 * something else than the processor, and holds up no other.
 */
import type { RequestHandler, Response } from 'express';
import { userOf } from './session.ts';

const LONGEST_TURN_MS = 100;

/** What waits is called in its order. A user without a line has no request under way. */
type Line = Set<() => void>;

/** @param keyOf null: this request waits for no other */
export function takeTurns(
  keyOf: (res: Response) => string | null = (res) => userOf(res)?.id ?? null,
): RequestHandler {
  const lines = new Map<string, Line>();

  function passOn(key: string, waiting: Line): void {
    const [next] = waiting;
    if (!next) return void lines.delete(key);
    waiting.delete(next);
    next();
  }

  return (_req, res, next) => {
    const key = keyOf(res);
    if (key === null) return next();
    const start = (line: Line) => {
      const end = (restMs: number) => {
        if (line.size === 0) lines.delete(key);
        else setTimeout(() => passOn(key, line), restMs);
      };
      // Not at once: those that arrived together with this one are still to be read.
      beginTurn(res, (restMs) => void setImmediate(end, restMs));
      next();
    };
    const line = lines.get(key);
    if (line) {
      const startLater = () => start(line);
      line.add(startLater);
      res.once('close', () => void line.delete(startLater));
    } else {
      const own: Line = new Set();
      lines.set(key, own);
      start(own);
    }
  };
}

/** @param end called once: when the request was answered or has taken too long */
function beginTurn(res: Response, end: (restMs: number) => void): void {
  const begun = performance.now();
  const over = (restMs: number) => {
    clearTimeout(timer);
    res.off('close', answered);
    end(restMs);
  };
  const answered = () => over(performance.now() - begun);
  const timer = setTimeout(() => over(0), LONGEST_TURN_MS);
  res.once('close', answered);
}
