/** One terminal from "waiting" to its end: who opens it when, for how long, and how fast it may print. */
import { TERMINAL, type TerminalSize } from '../../../grading-api/protocol.ts';
import type { RunEvent } from '../../model/run-events.ts';
import { CONNECT_MS, type Hold, type ShowTerminal, type TerminalScreen } from '../../ports/terminals.ts';
import type { Ending } from '../../rules/verdict.ts';
import { durationText } from '../../text/quantities.ts';

/**
 * What is printed is confirmed so often. With the agent's window of 64 KiB that makes 1.3 MB/s: more than anybody
 * reads, and little enough that a program which prints for ever is no load.
 */
const CONFIRM_MS = 50;
/** Far beyond the agent's window. */
const MOST_UNCONFIRMED = 1024 * 1024;

type Link = {
  send(message: object): void;
  sendBytes(stream: number, channel: number, bytes: Uint8Array): void;
};

/** Where a terminal is shown, and who hears of what becomes of it. */
export type TerminalAudience = { show: ShowTerminal; publish(event: RunEvent): void };
export type TerminalTimes = { connectMs?: number | undefined; sessionMs: number };
export type TerminalSession = ReturnType<typeof createTerminalSession>;

export function createTerminalSession(
  link: Link,
  { show, publish }: TerminalAudience,
  times: TerminalTimes,
  hold: Hold,
) {
  const { connectMs = CONNECT_MS, sessionMs } = times;
  let screen: TerminalScreen | null = null;
  let timer: NodeJS.Timeout | undefined;
  let confirming: NodeJS.Timeout | undefined;
  let unconfirmed = 0;
  let isOpen = false;
  let isBehind = false;
  let over = false;
  let timeUp: 'nobody came' | 'session' | null = null;

  const tell = (state: 'waiting' | 'open', endsAt: number): void =>
    publish({ type: 'terminal', state, endsAt: new Date(endsAt).toISOString() });
  const close = () => link.send({ type: 'terminal-close' });
  const endAfter = (ms: number, what: 'nobody came' | 'session') => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timeUp = what;
      close();
    }, ms);
  };

  function connect(size: TerminalSize): void {
    if (isOpen) resize(size);
    else {
      isOpen = true;
      endAfter(sessionMs, 'session');
      link.send({ type: 'terminal-open', ...size });
      const endsAt = Date.now() + sessionMs;
      screen?.opened(endsAt);
      tell('open', endsAt);
    }
  }
  const resize = (size: TerminalSize): void => {
    if (isOpen) link.send({ type: 'terminal-size', ...size });
  };

  function confirm(): void {
    confirming = undefined;
    if (isBehind) confirming = setTimeout(confirm, CONFIRM_MS);
    else {
      link.send({ type: 'terminal-taken', bytes: unconfirmed });
      unconfirmed = 0;
    }
  }

  /** Nothing that people say reaches a container that is on its way out. */
  const ifOpen =
    <A extends unknown[]>(work: (...args: A) => void) =>
    (...args: A): void => {
      if (!over && timeUp === null) work(...args);
    };

  return {
    /** The setup is done. */
    waiting(): void {
      if (screen || over) return;
      hold.begin();
      endAfter(connectMs, 'nobody came');
      const line = {
        connect: ifOpen(connect),
        resize: ifOpen(resize),
        type: ifOpen((bytes: Uint8Array) => isOpen && link.sendBytes(TERMINAL, 0, bytes)),
        finish: ifOpen(close),
        behind(now: boolean) {
          isBehind = now;
        },
      };
      const endsAt = Date.now() + connectMs;
      screen = show(line, endsAt);
      tell('waiting', endsAt);
    },
    /** False when the container takes no notice of its window: only one whose program owns the agent (root) does. */
    print(bytes: Buffer): boolean {
      if (over) return true;
      screen?.print(bytes);
      unconfirmed += bytes.length;
      confirming ??= setTimeout(confirm, CONFIRM_MS);
      return unconfirmed <= MOST_UNCONFIRMED;
    },
    /** Why it ended, where that was not the shell's or the person's wish. */
    ending(): { ending: Ending; complaint: string } | null {
      if (timeUp === 'session')
        return { ending: { kind: 'timeout', clock: 'wall', limitMs: sessionMs }, complaint: '' };
      if (timeUp === null) return null;
      const complaint = `ssh_student: nobody opened the terminal within ${durationText(connectMs)}.`;
      return { ending: { kind: 'finished', exitCode: 253 }, complaint };
    },
    end(): void {
      if (over) return;
      over = true;
      clearTimeout(timer);
      clearTimeout(confirming);
      if (!screen) return;
      hold.end();
      screen.closed();
      publish({ type: 'terminal', state: 'closed', endsAt: null });
    },
  };
}
