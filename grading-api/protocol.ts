/**
 * The messages between a worker and the first process of a container, over the container's stdin and stdout.
 *
 * A frame is a 4-byte big-endian length of what follows (kind byte included), a kind byte, and the payload:
 *   kind 0: one JSON message, UTF-8, of the schemas below;
 *   kind 1: raw bytes: 1 byte stream (0 stdin, 1 stdout, 2 stderr, 3 terminal, 4 files), 4 bytes big-endian channel,
 *     the bytes.
 * Channel 0 is the program that the agent itself runs; n > 0 is the n-th run_student of a grading agent.
 * The container's stderr carries the agent's own messages as plain text. How much an agent may say is in voices.ts; what
 * the worker may, in gradeport_frames.py.
 */
import { z } from 'zod';
import { howStudentEnded, signalNumber, usedByStudent } from './student-end.ts';

export const PROTOCOL_VERSION = 1;
export const FRAME_JSON = 0;
export const FRAME_BYTES = 1;

export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
/** Both ways: keys to a student's terminal, and its output. */
export const TERMINAL = 3;
/** Worker → grading agent: the content of the files of the last `files` message, one after the other. */
export const FILES = 4;

const channel = z.int().min(0).max(100_000);

/**
 * Processes and threads at once, the agent among them, before the program is ended with `process-limit`;
 * null if the host's kernel counts them itself.
 */
const pids = z.int().nullable();

/** Paths below /task, with "/" between their parts; those of files are followed by their size, those of links by the target. */
const taskEntry = z.union([
  z.tuple([z.literal('folder'), z.string()]),
  z.tuple([z.literal('file'), z.string(), z.int().min(0)]),
  z.tuple([z.literal('link'), z.string(), z.string()]),
]);
export type TaskEntry = z.infer<typeof taskEntry>;

/** Sent to a grading agent before `start` where it lays the task out: folders before what is in them, links last. */
const filesMessage = z.object({ type: z.literal('files'), entries: z.array(taskEntry) });

/** Grading agent → worker: the task's files could not be laid out. Sent in place of a result. */
const filesRefused = z.object({
  type: z.literal('files-refused'),
  noSpace: z.boolean(),
  reason: z.string().max(1000),
});

/** What the kernel counts of a container: processor time, memory, and processes that it refused. */
export const MEASURES = ['cpu', 'memory', 'processes'] as const;
export type Measure = (typeof MEASURES)[number];

const amount = z.number().min(0);
/**
 * What the container has used since `start` or `command`, from an agent that was asked for reports: several times a
 * second, and before its last message. memoryBytes is the most at any time.
 */
export const usageReport = z.object({
  type: z.literal('usage'),
  cpuMs: amount,
  memoryBytes: amount,
  oomKills: amount,
  refusedForks: amount,
  /** What nothing counts in this container: its figures above are 0 or, of processor time, of ended processes only. */
  missing: z.array(z.enum(MEASURES)).max(MEASURES.length),
  /** The folders that have no room left. */
  full: z.array(z.enum(['task', 'student'])).max(2),
});
export type UsageReport = z.infer<typeof usageReport>;
/** Whether the agent reports what its container uses. */
const reports = z.boolean();
/**
 * Seconds of processor time after which the kernel ends a process, where nothing counts that of the whole container;
 * null if the worker does. An agent that reports uses it only if it finds no count, either.
 */
const cpuSeconds = z.int().min(1).nullable();

/** Sent to a grading agent once: everything that a run needs. File answers are { filename, value: base64 }. */
const startMessage = z.object({
  type: z.literal('start'),
  protocol: z.literal(PROTOCOL_VERSION),
  input: z.record(z.string(), z.unknown()),
  /** Answers that are uploaded files: these keys of `input` hold { filename, value: base64 }. */
  files: z.array(z.string()),
  /** The task's own command (run_cmd), already split; null: look for run, run.py, run.sh … */
  command: z.array(z.string()).nullable(),
  runAsRoot: z.boolean(),
  /** Programs here run on the host's own kernel: INGInious' graders may ask. */
  sharedKernel: z.boolean(),
  debug: z.boolean(),
  /** Bytes of stdout and stderr together before the grader is ended with `output-limit`. */
  outputBytes: z.int(),
  pids,
  reports,
  cpuSeconds,
});

/** Sent to a student agent once: the command, and the user to run it as. */
const commandMessage = z.object({
  type: z.literal('command'),
  protocol: z.literal(PROTOCOL_VERSION),
  /** One string, split with POSIX shell-lexer rules, no shell: INGInious' run_student does so. */
  command: z.string(),
  workingDir: z.string(),
  runAsRoot: z.boolean(),
  mergeStderr: z.boolean(),
  teardown: z.string(),
  outputBytes: z.int(),
  pids,
  reports,
  cpuSeconds,
  /** Between command and teardown, a shell in a terminal: from the agent's terminal-waiting until it ends. */
  terminal: z.boolean(),
});

const cells = z.int().min(1).max(1000);
export const terminalSizeSchema = z.object({ columns: cells, rows: cells });
export type TerminalSize = z.infer<typeof terminalSizeSchema>;

/** Worker → student agent. Open is sent once, for the first person; close ends the shell, or the wait for a person. */
const terminalOpen = terminalSizeSchema.extend({ type: z.literal('terminal-open') });
const terminalSize = terminalSizeSchema.extend({ type: z.literal('terminal-size') });
/** How much of the terminal's output was delivered: the agent sends no more than a window beyond it. */
const terminalTaken = z.object({ type: z.literal('terminal-taken'), bytes: z.int().min(1) });
const terminalClose = z.object({ type: z.literal('terminal-close') });
/** Student agent → worker: the setup is done, the terminal can be opened. */
const terminalWaiting = z.object({ type: z.literal('terminal-waiting') });

/** Both ways: grading agent → worker → student agent. */
const stdinClose = z.object({ type: z.literal('stdin-close'), channel });
const signal = z.object({ type: z.literal('signal'), channel, signal: signalNumber });

/** Student agent → worker → grading agent: how much of stdin the program has read since the last such message. */
const stdinTaken = z.object({
  type: z.literal('stdin-taken'),
  channel,
  bytes: z
    .int()
    .min(1)
    .max(2 ** 31),
});

/** Student agent → worker → grading agent: the program closed its stdin. */
const stdinClosed = z.object({ type: z.literal('stdin-closed'), channel });

/**
 * Grading agent → worker → student agent: how much of a stream the caller took since the last such message. The student
 * agent reads no more of the program's output than a window beyond it, so a program with a slow reader waits, as in a pipe.
 */
const outputTaken = z.object({
  type: z.literal('output-taken'),
  channel,
  stream: z.union([z.literal(STDOUT), z.literal(STDERR)]),
  bytes: z
    .int()
    .min(1)
    .max(2 ** 31),
});

/** How an agent saw its program end; a limit means that the agent ended it for that. */
const ended = z.enum(['exit', 'output-limit', 'process-limit', 'cpu-limit']);
export type AgentEnding = z.infer<typeof ended>;

/** Worker → grading agent: a student run ended. Exit codes: docs/grading-api.md (251–254, 256−signal). */
const studentExit = z.object({
  type: z.literal('student-exit'),
  channel,
  code: z.int(),
  how: howStudentEnded,
});

const toGradingAgent = z.discriminatedUnion('type', [
  filesMessage,
  startMessage,
  studentExit,
  stdinTaken,
  stdinClosed,
]);
const toStudentAgent = z.discriminatedUnion('type', [
  commandMessage,
  stdinClose,
  signal,
  outputTaken,
  terminalOpen,
  terminalSize,
  terminalTaken,
  terminalClose,
]);
export type ToGradingAgent = z.infer<typeof toGradingAgent>;
export type ToStudentAgent = z.infer<typeof toStudentAgent>;

/** First message of every agent. studentBytes: size of the file system behind /task/student. */
const ready = z.object({
  type: z.literal('ready'),
  protocol: z.literal(PROTOCOL_VERSION),
  studentBytes: z.number().nullable(),
});

const runStudentMessage = z.object({
  type: z.literal('run-student'),
  channel: channel.min(1),
  command: z.string().max(128 * 1024),
  environment: z.string().max(200).nullable(),
  /** Seconds and MiB; 0 means the grading container's own limit. */
  time: z.number().min(0),
  hardTime: z.number().min(0),
  memory: z.number().min(0),
  shareNetwork: z.boolean(),
  runAsRoot: z.boolean(),
  /** stdout and stderr of the caller are the same (2>&1): one pipe keeps their order. */
  mergeStderr: z.boolean(),
  workingDir: z.string().max(4096),
  teardown: z.string().max(128 * 1024),
  /** ssh_student: the command is the terminal's setup. */
  terminal: z.boolean().default(false),
});

/** The grader's current feedback (INGInious' JSON file); sent after each change, if it is small. */
const feedback = z.object({ type: z.literal('feedback'), feedback: z.unknown() });

/** What a student's program left in the student folder that leads to the grader's own places: how many links, and the first. */
const linksMessage = z.object({
  type: z.literal('links'),
  count: z.int().min(1),
  first: z.string().max(400),
});

/** The last message of a grading agent. */
const resultMessage = z.object({
  type: z.literal('result'),
  /** The parsed feedback file; null if there is none or it cannot be read (see problem). */
  feedback: z.unknown(),
  /** Why there is no usable feedback: a sentence for the teacher. */
  problem: z.string().max(10_000).nullable(),
  ended,
  /** The grader's exit status, 256−n if signal n ended it; null if it never started. */
  exitCode: z.int().nullable(),
  graderMs: z.number(),
  outputBytes: z.number(),
});

export const fromGradingAgent = z.discriminatedUnion('type', [
  ready,
  runStudentMessage,
  stdinClose,
  signal,
  outputTaken,
  feedback,
  linksMessage,
  usageReport,
  filesRefused,
  resultMessage,
]);

/**
 * The last message of a student agent. code: the exit status, 256−n if signal n ended the program; used: null if none was
 * started.
 */
const exitMessage = z.object({
  type: z.literal('exit'),
  code: z.int(),
  ended,
  signal: signalNumber.nullable(),
  used: usedByStudent.nullable(),
});
export type StudentExit = z.infer<typeof exitMessage>;

export const fromStudentAgent = z.discriminatedUnion('type', [
  ready,
  usageReport,
  exitMessage,
  stdinTaken,
  stdinClosed,
  terminalWaiting,
]);
export type FromGradingAgent = z.infer<typeof fromGradingAgent>;
export type FromStudentAgent = z.infer<typeof fromStudentAgent>;
export type RunStudent = z.infer<typeof runStudentMessage>;
export type GraderResult = z.infer<typeof resultMessage>;
