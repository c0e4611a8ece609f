/** One terminal from "waiting" to its end: who opens it when, for how long, and how fast it may print. */
import { TERMINAL, type TerminalSize } from '../../../grading-api/protocol.ts';
import type { RunEvent } from '../../model/run-events.ts';
import { CONNECT_MS, type Hold, type ShowTerminal, type TerminalScreen } from '../../ports/terminals.ts';
import { endingOf, keepsToWindow, stateEvent, type TimeUp } from './terminal-policy.ts';

/**
 * What is printed is confirmed so often. With the agent's window of 64 KiB that makes 1.3 MB/s: more than anybody
 * reads, and little enough that a program which prints without end is not a load.
 */
const CONFIRM_MS = 50;

type Link = {
  send(message: object): void;
  sendBytes(stream: number, channel: number, bytes: Uint8Array): void;
};

/** Where a terminal is shown, and where its changes are published. */
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
  let isOpen = false;
  let over = false;
  const close = () => link.send({ type: 'terminal-close' });
  const deadline = createDeadline(close);
  const printing = createConfirmer(link);

  function connect(size: TerminalSize): void {
    if (isOpen) resize(size);
    else {
      isOpen = true;
      deadline.after(sessionMs, 'session');
      link.send({ type: 'terminal-open', ...size });
      const endsAt = Date.now() + sessionMs;
      screen?.opened(endsAt);
      publish(stateEvent('open', endsAt));
    }
  }
  const resize = (size: TerminalSize): void => {
    if (isOpen) link.send({ type: 'terminal-size', ...size });
  };

  /** Nothing that people say reaches a container that is on its way out. */
  const ifOpen =
    <A extends unknown[]>(work: (...args: A) => void) =>
    (...args: A): void => {
      if (!over && deadline.passed() === null) work(...args);
    };

  return {
    /** The setup is done. */
    waiting(): void {
      if (screen || over) return;
      hold.begin();
      deadline.after(connectMs, 'nobody came');
      const line = {
        connect: ifOpen(connect),
        resize: ifOpen(resize),
        type: ifOpen((bytes: Uint8Array) => isOpen && link.sendBytes(TERMINAL, 0, bytes)),
        finish: ifOpen(close),
        behind: printing.behind,
      };
      const endsAt = Date.now() + connectMs;
      screen = show(line, endsAt);
      publish(stateEvent('waiting', endsAt));
    },
    /** False when the container takes no notice of its window. */
    print(bytes: Buffer): boolean {
      if (over) return true;
      screen?.print(bytes);
      return keepsToWindow(printing.add(bytes.length));
    },
    /** Why it ended, where that was not the shell's or the person's wish. */
    ending: () => endingOf(deadline.passed(), { connectMs, sessionMs }),
    end(): void {
      if (over) return;
      over = true;
      deadline.stop();
      printing.stop();
      if (!screen) return;
      hold.end();
      screen.closed();
      publish(stateEvent('closed', null));
    },
  };
}

/** Closes the terminal when its time is over, and says which time that was. */
function createDeadline(close: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let passed: TimeUp | null = null;
  return {
    passed: () => passed,
    /** Replaces the time before it. */
    after(ms: number, what: TimeUp): void {
      clearTimeout(timer);
      timer = setTimeout(() => {
        passed = what;
        close();
      }, ms);
    },
    stop: () => clearTimeout(timer),
  };
}

/** Confirms to the agent what was printed, so that its program may print more, unless readers are behind. */
function createConfirmer(link: Pick<Link, 'send'>) {
  let timer: NodeJS.Timeout | undefined;
  let unconfirmed = 0;
  let isBehind = false;

  function confirm(): void {
    timer = undefined;
    if (isBehind) timer = setTimeout(confirm, CONFIRM_MS);
    else {
      link.send({ type: 'terminal-taken', bytes: unconfirmed });
      unconfirmed = 0;
    }
  }

  return {
    /** @returns how many bytes are not confirmed yet */
    add(bytes: number): number {
      unconfirmed += bytes;
      timer ??= setTimeout(confirm, CONFIRM_MS);
      return unconfirmed;
    },
    behind(now: boolean): void {
      isBehind = now;
    },
    stop: () => clearTimeout(timer),
  };
}
