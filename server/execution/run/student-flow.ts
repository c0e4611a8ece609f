/** What goes to a student's program and comes from it, and how much of it may be on its way: never more than a constant. */
import {
  type FromStudentAgent,
  STDERR,
  STDIN,
  STDOUT,
  type StudentExit,
  TERMINAL,
} from '../../../grading-api/protocol.ts';
import type { Placement } from '../../environments/discovery/placement.ts';
import type { Ending } from '../../rules/verdict.ts';
import type { AgentLink } from '../agent/agent-link.ts';
import { endingOf } from '../agent/ending-of-container.ts';
import type { TerminalSession } from './terminal-session.ts';

type StudentLink = AgentLink<FromStudentAgent>;

export type StudentListener = {
  /** What the program prints, as it prints it. */
  output(stream: number, bytes: Buffer): void;
  /** So many bytes of its input were read, since the last time. */
  stdinTaken(bytes: number): void;
  /** It closed its input. */
  stdinClosed(): void;
};

/** run_student sends 1 MiB ahead, and the program's agent ends it beyond 2. A grader may write to the socket itself. */
const MOST_INPUT_AHEAD = 4 * 2 ** 20;

/**
 * The agent keeps to a window of 256 KiB for each stream, and at the end sends what the two pipes hold, at most 1 MiB each.
 * A program that is root can speak in its place.
 */
const MOST_OUTPUT_AHEAD = 4 * 2 ** 20;

/** What the grader says to the program. It is kept until the program is there, and counted until it is read. */
export function createInput() {
  let link: StudentLink | null = null;
  let unread = 0;
  const tooMuch = Promise.withResolvers<void>();
  const early: ((link: StudentLink) => void)[] = [];
  function tell(words: (link: StudentLink) => void): void {
    if (link) words(link);
    else early.push(words);
  }
  return {
    stdin(bytes: Uint8Array): void {
      if (unread + bytes.length > MOST_INPUT_AHEAD) {
        tooMuch.resolve();
        return;
      }
      unread += bytes.length;
      tell((agent) => agent.sendBytes(STDIN, 0, bytes));
    },
    close: () => tell((agent) => agent.send({ type: 'stdin-close', channel: 0 })),
    signal: (signal: number) => tell((agent) => agent.send({ type: 'signal', channel: 0, signal })),
    /** The program is there. */
    open(agent: StudentLink): void {
      link = agent;
      for (const words of early) words(agent);
    },
    /** @returns whether the program can have read so much: a container that owns its agent may claim anything */
    take(bytes: number): boolean {
      if (bytes > unread) return false;
      unread -= bytes;
      return true;
    },
    /** Settles when the grader sent far more than was read. */
    tooMuch: tooMuch.promise,
  };
}

/** How much of the program's output the grader has not taken yet. */
export function createOutputAhead() {
  const ahead = new Map<number, number>();
  let link: StudentLink | null = null;
  return {
    open(agent: StudentLink): void {
      link = agent;
    },
    /** @returns whether no more than a constant is on its way */
    add(stream: number, bytes: number): boolean {
      const now = (ahead.get(stream) ?? 0) + bytes;
      ahead.set(stream, now);
      return now <= MOST_OUTPUT_AHEAD;
    },
    /** The grader took so many bytes: the program may print as many more. */
    take(stream: typeof STDOUT | typeof STDERR, bytes: number): void {
      const untaken = ahead.get(stream) ?? 0;
      if (bytes > untaken) return;
      ahead.set(stream, untaken - bytes);
      link?.send({ type: 'output-taken', channel: 0, stream, bytes });
    },
  };
}

type Attention = {
  input: Pick<ReturnType<typeof createInput>, 'take'>;
  ahead: Pick<ReturnType<typeof createOutputAhead>, 'add'>;
  terminal: TerminalSession | null;
  listener: StudentListener;
};

/** Passes on what the program prints and reads. */
export function listenToProgram(
  agent: StudentLink,
  { limits }: Placement,
  { input, ahead, terminal, listener }: Attention,
) {
  const exit = Promise.withResolvers<StudentExit>();
  const flood = Promise.withResolvers<Ending>();
  const tooMuch = () => flood.resolve(endingOf('output-limit', null, limits));
  let printed = 0;
  agent.listen({
    message(message) {
      if (message.type === 'exit') exit.resolve(message);
      else if (message.type === 'terminal-waiting') terminal?.waiting();
      else if (message.type === 'stdin-taken' && input.take(message.bytes))
        listener.stdinTaken(message.bytes);
      else if (message.type === 'stdin-closed') listener.stdinClosed();
    },
    bytes(stream, _channel, bytes) {
      if (stream === TERMINAL) {
        if (terminal?.print(bytes) === false) tooMuch();
        return;
      }
      if (stream !== STDOUT && stream !== STDERR) return;
      printed += bytes.length;
      // The agent in the container counts too; this is for a container that owns its agent (root).
      if (printed > 2 * limits.outputBytes || !ahead.add(stream, bytes.length)) tooMuch();
      else listener.output(stream, bytes);
    },
  });
  return { exit: exit.promise, flood: flood.promise, printed: () => printed };
}
