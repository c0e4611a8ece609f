/** When a terminal ends, and how much it may print: rules on values. terminal-session.ts acts on them. */
import type { RunEvent } from '../../model/run-events.ts';
import type { Ending } from '../../rules/verdict.ts';
import { durationText } from '../../text/quantities.ts';

/** Far beyond the agent's window. */
const MOST_UNCONFIRMED = 1024 * 1024;

/** Which time was over. */
export type TimeUp = 'nobody came' | 'session';
export type SessionTimes = { connectMs: number; sessionMs: number };

export const stateEvent = (state: 'waiting' | 'open' | 'closed', endsAt: number | null): RunEvent => ({
  type: 'terminal',
  state,
  endsAt: endsAt === null ? null : new Date(endsAt).toISOString(),
});

/** Why it ended, where that was not the shell's or the person's wish. */
export function endingOf(
  timeUp: TimeUp | null,
  { connectMs, sessionMs }: SessionTimes,
): { ending: Ending; complaint: string } | null {
  if (timeUp === null) return null;
  if (timeUp === 'session')
    return { ending: { kind: 'timeout', clock: 'wall', limitMs: sessionMs }, complaint: '' };
  const complaint = `ssh_student: nobody opened the terminal within ${durationText(connectMs)}.`;
  return { ending: { kind: 'finished', exitCode: 253 }, complaint };
}

/** Only a container whose program owns the agent (root) takes no notice of its window. */
export const keepsToWindow = (unconfirmedBytes: number): boolean => unconfirmedBytes <= MOST_UNCONFIRMED;
