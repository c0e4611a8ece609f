/** The worker's side of an agent: real frames over real pipes, every message checked against the schemas. */
import { once } from 'node:events';
import {
  FRAME_BYTES,
  FRAME_JSON,
  type FromGradingAgent,
  type FromStudentAgent,
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

type Message = FromGradingAgent | FromStudentAgent;
type Bytes = { stream: number; channel: number; data: Buffer };

/** Cuts what an agent says into messages and bytes. */
function frameReader(onMessage: (value: unknown) => void, onBytes: (bytes: Bytes) => void) {
  let rest: Buffer = Buffer.alloc(0);
  return (data: Buffer): void => {
    rest = rest.length ? Buffer.concat([rest, data]) : data;
    while (rest.length >= 5 && rest.length >= 4 + rest.readUInt32BE(0)) {
      const end = 4 + rest.readUInt32BE(0);
      const payload = rest.subarray(5, end);
      if (rest[4] === FRAME_JSON) onMessage(JSON.parse(payload.toString('utf8')));
      else
        onBytes({
          stream: payload.readUInt8(0),
          channel: payload.readUInt32BE(1),
          data: payload.subarray(5),
        });
      rest = rest.subarray(end);
    }
  };
}

function frame(kind: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + 1, 0);
  head.writeUInt8(kind, 4);
  return Buffer.concat([head, payload]);
}

export type Agent = ReturnType<typeof startAgent>;

/** Start an agent; messages come to `on` in order, bytes of each channel are kept. */
export function startAgent(role: Role, slot: Slot) {
  const child = startContainer(role, slot);
  const schema = role === 'grading' ? fromGradingAgent : fromStudentAgent;
  const messages: Message[] = [];
  const printed = new Map<string, Buffer[]>();
  const listeners = new Set<() => void>();
  const onBytes = new Set<(bytes: Bytes) => void>();
  const onMessage = new Set<(message: Message) => void>();
  let complaints = '';
  let exitStatus: number | null | undefined;
  const wake = () => {
    for (const listener of [...listeners]) listener();
  };
  child.stdout.on(
    'data',
    frameReader(
      (value) => {
        schema.parse(value);
        const one = value as Message; // as it came: what the schema does not know must be seen here too
        messages.push(one);
        // Its last word: the worker hangs up.
        if (one.type === 'result' || one.type === 'exit') child.stdin.end();
        for (const listener of onMessage) listener(one);
        wake();
      },
      (bytes) => {
        const key = `${bytes.stream}/${bytes.channel}`;
        printed.set(key, [...(printed.get(key) ?? []), bytes.data]);
        for (const listener of onBytes) listener(bytes);
        wake();
      },
    ),
  );
  child.stderr.on('data', (data: Buffer) => {
    complaints += data.toString();
  });
  child.stdin.on('error', () => {});
  child.on('close', (status) => {
    exitStatus = status;
    wake();
  });

  /** Wait until something is true of what came; fails when the agent ended without it. */
  async function until<T>(what: string, look: () => T | undefined): Promise<T> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      const gone = exitStatus !== undefined;
      if (gone || Date.now() > deadline)
        throw new Error(`${what}: ${gone ? 'the agent ended' : 'nothing came'}\n${complaints}`);
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          listeners.delete(done);
          resolve();
        };
        const timer = setTimeout(done, 1000);
        listeners.add(done);
      });
    }
  }
  const message = <K extends Message['type']>(type: K, nth = 0) =>
    until(`the message ${type}`, () => {
      const found = messages.filter((one) => one.type === type);
      return found[nth] as Extract<Message, { type: K }> | undefined;
    });

  return {
    messages,
    until,
    message,
    onBytes,
    onMessage,
    send: (value: ToGradingAgent | ToStudentAgent | Record<string, unknown>) =>
      child.stdin.write(frame(FRAME_JSON, Buffer.from(JSON.stringify(value)))),
    sendBytes: (stream: number, channel: number, data: string | Buffer) => {
      const head = Buffer.alloc(5);
      head.writeUInt8(stream, 0);
      head.writeUInt32BE(channel, 1);
      return child.stdin.write(frame(FRAME_BYTES, Buffer.concat([head, Buffer.from(data)])));
    },
    sendRaw: (data: Buffer) => child.stdin.write(data),
    printed: (stream: number, channel = 0) =>
      Buffer.concat(printed.get(`${stream}/${channel}`) ?? []).toString('utf8'),
    complaints: () => complaints,
    pid: () => child.pid as number,
    stdout: child.stdout,
    hangUp: () => child.stdin.end(),
    exit: async () => {
      if (exitStatus === undefined) await once(child, 'close');
      return exitStatus;
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      child.stdout.resume();
      if (exitStatus === undefined) await once(child, 'close');
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
      const student = startAgent('student', slot);
      students.set(request.channel, student);
      student.onBytes.add(({ stream, data }) => grading.sendBytes(stream, request.channel, data));
      student.onMessage.add((one) => {
        if (one.type === 'stdin-taken') grading.send({ ...one, channel: request.channel });
      });
      student.send({ ...aCommand, ...request, type: 'command', outputBytes: 64_000_000 });
      const exit = await student.message('exit').catch(() => ({ code: 254 }));
      grading.send({ type: 'student-exit', channel: request.channel, code: exit.code });
      await student[Symbol.asyncDispose]();
    };
    grading.onBytes.add(({ stream, channel, data }) => {
      if (stream === STDIN) students.get(channel)?.sendBytes(STDIN, 0, data);
    });
    grading.onMessage.add((one) => {
      if (one.type === 'run-student') void serve(one);
      else if (one.type === 'stdin-close' || one.type === 'signal')
        students.get(one.channel)?.send({ ...one, channel: 0 });
    });
  };
}
