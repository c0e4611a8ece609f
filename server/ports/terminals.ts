/**
 * A student's terminal, between the run that has it and the page that shows it. Both sides send plain data without
 * waiting for answers: the two may be in different processes.
 */
import type { TerminalSize } from '../../grading-api/protocol.ts';

/** From the person to the container. Calls have no effect once the terminal is closed. */
export type TerminalLine = {
  /** The first person is there: the shell and its clock start. In later calls only the size counts. */
  connect(size: TerminalSize): void;
  resize(size: TerminalSize): void;
  type(bytes: Uint8Array): void;
  /** Ends the shell, and with it the session. */
  finish(): void;
  /** Reports that readers are so slow that the program should wait for them, or that they have caught up. */
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

/** What the grader of one run may use. */
export type TerminalOffer = {
  /** Whether the task says that its grader may ask for terminals. */
  allowed: boolean;
  /** null: there is no person to show a terminal to. */
  show: ShowTerminal | null;
  /** How long to wait for the first person; default INGInious' two minutes. */
  connectMs?: number | undefined;
};
export const CONNECT_MS = 120_000;

/**
 * How long a run has waited for people, which does not count as its grader's time. At most one wait at a time.
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
