/** The worker's side of an agent: real frames over real pipes, every message checked against the schemas. */
import { once } from 'node:events';
import {
  FRAME_BYTES,
  FRAME_JSON,
  fromGradingAgent,
  fromStudentAgent,
  type GraderResult,
  PROTOCOL_VERSION,
  STDERR,
  STDIN,
  STDOUT,
  type ToGradingAgent,
  type ToStudentAgent,
} from '../../../grading-api/protocol.ts';
import { makeSlot, type Role, type Slot, startContainer, type TaskFile } from './container.ts';
import { createInbox, frame, type Message } from './inbox.ts';

export type Agent = ReturnType<typeof startAgent>;

/**
 * Start an agent; messages come to `on` in order, bytes of each channel are kept.
 * @param takes whether the output of a student's program is taken as it comes
 */
export function startAgent(role: Role, slot: Slot, takes = role === 'student') {
  const child = startContainer(role, slot);
  const schema = role === 'grading' ? fromGradingAgent : fromStudentAgent;
  const inbox = createInbox((value) => void schema.parse(value));
  const { messages, until, message, printed, onBytes, onMessage, complaints } = inbox;
  // Its last word: the worker hangs up.
  onMessage.add(({ type }) => {
    if (type === 'result' || type === 'exit') child.stdin.end();
  });
  child.stdout.on('data', inbox.read);
  child.stderr.on('data', inbox.complain);
  child.stdin.on('error', () => {});
  child.on('close', inbox.end);
  const send = (value: ToGradingAgent | ToStudentAgent | Record<string, unknown>) =>
    child.stdin.write(frame(FRAME_JSON, Buffer.from(JSON.stringify(value))));
  if (takes) {
    onBytes.add(({ stream, data }) => {
      if (stream === STDOUT || stream === STDERR)
        send({ type: 'output-taken', channel: 0, stream, bytes: data.length });
    });
  }
  const ended = async (): Promise<number | null> => {
    if (inbox.exitStatus() === undefined) await once(child, 'close');
    return inbox.exitStatus() ?? null;
  };

  return {
    messages,
    until,
    message,
    onBytes,
    onMessage,
    send,
    sendBytes: (stream: number, channel: number, data: string | Buffer) => {
      const head = Buffer.alloc(5);
      head.writeUInt8(stream, 0);
      head.writeUInt32BE(channel, 1);
      return child.stdin.write(frame(FRAME_BYTES, Buffer.concat([head, Buffer.from(data)])));
    },
    sendRaw: (data: Buffer) => child.stdin.write(data),
    printed,
    complaints,
    pid: () => child.pid as number,
    stdout: child.stdout,
    hangUp: () => child.stdin.end(),
    exit: ended,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      child.stdout.resume();
      await ended();
    },
  };
}

type Start = Extract<ToGradingAgent, { type: 'start' }>;

export const aStart: Start = {
  type: 'start',
  protocol: PROTOCOL_VERSION,
  input: { '@username': 'alice', '@lang': 'en', q1: 'print(1)' },
  files: [],
  command: null,
  runAsRoot: false,
  sharedKernel: true,
  debug: false,
  outputBytes: 1024 * 1024,
  pids: null,
  reports: false,
  cpuSeconds: null,
};

export const aCommand = {
  type: 'command',
  protocol: PROTOCOL_VERSION,
  command: 'true',
  workingDir: '/task/student',
  runAsRoot: false,
  mergeStderr: false,
  teardown: '',
  outputBytes: 1024 * 1024,
  pids: null,
  cpuSeconds: null,
  terminal: false,
} as const;

export type Graded = { result: GraderResult; stdout: string; stderr: string; agent: Agent };

/** Grade once, to the result; run_student is answered by `students`. */
export async function grade(
  slot: Slot,
  start: Partial<Start> = {},
  students: (agent: Agent) => void = () => {},
): Promise<Graded> {
  const agent = startAgent('grading', slot);
  await agent.message('ready');
  students(agent);
  agent.send({ ...aStart, ...start });
  const result = await agent.message('result');
  await agent.exit();
  return { result, stdout: agent.printed(STDOUT), stderr: agent.printed(STDERR), agent };
}

/** Grade one task and return its result and output. */
export async function graded(files: Record<string, TaskFile | string>, start: Partial<Start> = {}) {
  await using slot = await makeSlot(files);
  return await grade(slot, start);
}
export const bash = (script: string): string => `#!/bin/bash\n${script}\n`;

/** What a worker does for run_student: a student agent per channel, frames passed on both ways. */
export function studentsOf(slot: Slot): (grading: Agent) => void {
  return (grading) => {
    const students = new Map<number, Agent>();
    const serve = async (request: Extract<Message, { type: 'run-student' }>) => {
      const student = startAgent('student', slot, false);
      students.set(request.channel, student);
      student.onBytes.add(({ stream, data }) => grading.sendBytes(stream, request.channel, data));
      student.onMessage.add((one) => {
        if (one.type === 'stdin-taken' || one.type === 'stdin-closed')
          grading.send({ ...one, channel: request.channel });
      });
      student.send({ ...aCommand, ...request, type: 'command', outputBytes: 64_000_000 });
      const exit = await student.message('exit').catch(() => null);
      const how =
        exit?.used == null
          ? null
          : {
              ...exit.used,
              exitStatus: exit.signal === null ? exit.code : null,
              signal: exit.signal,
              limit: null,
            };
      grading.send({ type: 'student-exit', channel: request.channel, code: exit?.code ?? 254, how });
      await student[Symbol.asyncDispose]();
    };
    grading.onBytes.add(({ stream, channel, data }) => {
      if (stream === STDIN) students.get(channel)?.sendBytes(STDIN, 0, data);
    });
    grading.onMessage.add((one) => {
      if (one.type === 'run-student') void serve(one);
      else if (one.type === 'stdin-close' || one.type === 'signal' || one.type === 'output-taken')
        students.get(one.channel)?.send({ ...one, channel: 0 });
    });
  };
}
