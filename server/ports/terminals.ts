/**
 * A student's terminal, between the run that has it and those who show it to a person. All that either side says is plain
 * data that goes one way and has no answer: the two may be in different processes.
 */
import type { TerminalSize } from '../../grading-api/protocol.ts';

/** From the person to the container. All of it is without effect once the terminal is closed. */
export type TerminalLine = {
  /** The first person is there: the shell starts, and the clock with it. Again: only the size counts. */
  connect(size: TerminalSize): void;
  resize(size: TerminalSize): void;
  type(bytes: Uint8Array): void;
  /** Ends the shell, and with it the session. */
  finish(): void;
  /** Readers have become so slow that the program should wait for them, or have caught up. */
  behind(isBehind: boolean): void;
};

/** From the container to the person. */
export type TerminalScreen = {
  print(bytes: Buffer): void;
  /** Times in ms since 1970. */
  opened(endsAt: number): void;
  closed(): void;
};

/** Called once the terminal waits for somebody. until: how long, in ms since 1970. */
export type ShowTerminal = (line: TerminalLine, until: number) => TerminalScreen;

/** What one run's graders may have. */
export type TerminalOffer = {
  /** Whether the task says that its grader may ask for terminals. */
  allowed: boolean;
  /** null: nobody is there to be shown one. */
  show: ShowTerminal | null;
  /** How long to wait for the first person; default INGInious' two minutes. */
  connectMs?: number | undefined;
};
export const CONNECT_MS = 120_000;

/**
 * How long a run has waited for people: that is no time of its grader's. At most one at a time.
 */
export function createHold() {
  let since: number | null = null;
  let before = 0;
  const now = () => performance.now();
  return {
    isOn: () => since !== null,
    begin(): void {
      since ??= now();
    },
    end(): void {
      if (since !== null) before += now() - since;
      since = null;
    },
    ms: () => before + (since === null ? 0 : now() - since),
  };
}
export type Hold = ReturnType<typeof createHold>;
