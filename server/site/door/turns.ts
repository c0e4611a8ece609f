/**
 * Requests of one user take turns, so that a page of another user waits for two of them at most, however many are sent at
 * once. A request that takes long waits for something else than the processor, and holds up no other.
 */
import type { RequestHandler, Response } from 'express';
import { userOf } from './session.ts';

const AT_ONCE = 2;
const LONGEST_TURN_MS = 500;

/** What waits is called in its order. */
type Line = { going: number; waiting: Set<() => void> };

/** @param keyOf null: this request waits for no other */
export function takeTurns(
  keyOf: (res: Response) => string | null = (res) => userOf(res)?.id ?? null,
): RequestHandler {
  const lines = new Map<string, Line>();

  function passOn(key: string, line: Line): void {
    const [next] = line.waiting;
    if (next) {
      line.waiting.delete(next);
      // What arrived from others meanwhile is before it.
      setImmediate(next);
    } else {
      line.going -= 1;
      if (line.going === 0) lines.delete(key);
    }
  }

  return (_req, res, next) => {
    const key = keyOf(res);
    if (key === null) return next();
    const line = lines.get(key) ?? { going: 0, waiting: new Set() };
    lines.set(key, line);
    const start = () => {
      if (res.closed) return passOn(key, line);
      beginTurn(res, () => passOn(key, line));
      next();
    };
    if (line.going < AT_ONCE) {
      line.going += 1;
      return start();
    }
    line.waiting.add(start);
    res.once('close', () => void line.waiting.delete(start));
  };
}

/** @param end called once: when the request was answered or has taken too long */
function beginTurn(res: Response, end: () => void): void {
  const over = () => {
    clearTimeout(timer);
    res.off('close', over);
    end();
  };
  const timer = setTimeout(over, LONGEST_TURN_MS);
  res.once('close', over);
}
