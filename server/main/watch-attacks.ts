/**
 * Logs and counts the attacks that were stopped. An attacker decides how many there are, so lines are bounded.
 * Says, too, what the machine does not give to the isolation of runs: once.
 */
import type { Logger } from 'pino';
import { type AttackKind, onStopped, type StoppedAttack } from '../rules/stopped-attacks.ts';
import { onWeakness } from '../rules/weaknesses.ts';

const WINDOW_MS = 60_000;
/** Lines of one kind within a window. */
const MOST_LINES = 10;

type Window = { since: number; said: Set<string>; silent: number };
type Deps = { log: Pick<Logger, 'warn'>; count: (kind: AttackKind) => void; clock: () => number };

/**
 * Every attack counts. A run, user or network has one line of a kind within a minute, a kind has ten; the first line
 * after that says how many had none.
 * @returns the function that stops watching
 */
export function watchAttacks({ log, count, clock }: Deps): () => void {
  const windows = new Map<AttackKind, Window>();

  function line(attack: StoppedAttack): void {
    const { kind, why, run, course, user, from } = attack;
    const now = clock();
    const before = windows.get(kind);
    const isOver = before === undefined || now - before.since >= WINDOW_MS || now < before.since;
    const window = isOver ? { since: now, said: new Set<string>(), silent: before?.silent ?? 0 } : before;
    windows.set(kind, window);
    const about = JSON.stringify([run ?? user ?? from ?? course ?? '']);
    if (window.said.has(about) || window.said.size >= MOST_LINES) {
      window.silent += 1;
      return;
    }
    window.said.add(about);
    const others = window.silent > 0 ? { othersSince: window.silent } : {};
    window.silent = 0;
    log.warn({ attack: kind, why, run, course, user, from, ...others }, 'an attack was stopped');
  }

  return onStopped((attack) => {
    count(attack.kind);
    line(attack);
  });
}

/** @returns the function that stops watching */
export const watchWeaknesses = (log: Pick<Logger, 'warn'>): (() => void) =>
  onWeakness(({ kind, why }) =>
    log.warn({ weakness: kind, why }, 'runs are isolated less well on this machine; see "gradeport doctor"'),
  );
