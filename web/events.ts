/** The messages between browser and server over socket.io: one map, used and checked on both sides. */
import { z } from 'zod';
import type { Place, RunEvent } from '../server/model/run-events.ts';
import type { JobView } from './job-models.ts';
import type { EnvironmentView, FeedbackView, VerdictView } from './view-models.ts';

/** What a page gets instead of data that the server renders for it or withholds. */
type Shown = {
  starting: { environment: string; runtime: string };
  feedback: { feedback: FeedbackView };
  done: { verdict: VerdictView; feedback: FeedbackView };
};
type ShownEvent<E extends RunEvent> = E extends { type: infer T extends keyof Shown }
  ? { type: T } & Shown[T]
  : E;

/** A run's events so far and as they happen, as this page's reader may see them. */
export type RunStep = Place & ShownEvent<RunEvent>;

/** The last step that the client saw: later ones are sent again. 0/0: from the beginning. */
export const joinRunSchema = z.strictObject({
  run: z.string().min(1).max(100),
  attempt: z.int().min(0),
  after: z.int().min(0),
});
export type JoinRun = z.infer<typeof joinRunSchema>;

const run = z.string().min(1).max(100);
const cells = z.int().min(1).max(1000);
/** The most characters of keys or of a paste in one message. */
export const MAX_KEYS = 2048;
/** Messages about a terminal. Every viewer gets them; only the student of the run may type. */
export const terminalSizeSchema = z.strictObject({ run, columns: cells, rows: cells });
export const terminalKeysSchema = z.strictObject({ run, keys: z.string().min(1).max(MAX_KEYS) });
export const terminalSchema = z.strictObject({ run });
type TerminalOf = z.infer<typeof terminalSchema>;
type TerminalSizeOf = z.infer<typeof terminalSizeSchema>;
type TerminalKeysOf = z.infer<typeof terminalKeysSchema>;
/** The last output, whether this reader may type, and when the terminal ends (ms from now). */
export type TerminalJoined = { screen: Uint8Array; writable: boolean; endsInMs: number | null };

/** The client has the lines before this number. */
export const joinJobSchema = z.strictObject({ job: z.string().min(1).max(100), from: z.int().min(0) });
export type JoinJob = z.infer<typeof joinJobSchema>;
/** The job's state, and its output since; next: the number of the line after these. */
export type JobNews = { job: JobView; lines: string[]; next: number };

export type Ack<T> = { ok: true; value: T } | { ok: false; error: string };

export type ClientToServer = {
  'run:join': (request: JoinRun, reply: (answer: Ack<{ steps: RunStep[] }>) => void) => void;
  'run:leave': (run: string) => void;
  'terminal:join': (request: TerminalSizeOf, reply: (answer: Ack<TerminalJoined>) => void) => void;
  'terminal:size': (request: TerminalSizeOf) => void;
  'terminal:keys': (request: TerminalKeysOf) => void;
  /** "Finish and grade" */
  'terminal:finish': (request: TerminalOf) => void;
  'terminal:leave': (request: TerminalOf) => void;
  /** A job's log so far; updates follow. */
  'job:join': (request: JoinJob, reply: (answer: Ack<JobNews>) => void) => void;
  /** Live list of environments: the whole list at once, then again after every change. */
  'environments:join': (
    reply: (
      answer: Ack<{ environments: EnvironmentView[]; engine: { ok: boolean; sentence: string } }>,
    ) => void,
  ) => void;
};
export type ServerToClient = {
  'run:step': (run: string, step: RunStep) => void;
  /** The client sends no more before this is answered. */
  'terminal:output': (run: string, bytes: Uint8Array, taken: () => void) => void;
  'job:news': (news: JobNews) => void;
  environments: (list: {
    environments: EnvironmentView[];
    engine: { ok: boolean; sentence: string };
  }) => void;
};
