/** A container with our agent in it: starts it, speaks its frames, waits until it is ready. */
import { createUnpacker, type FrameHandler, packBytes, packMessage } from '../../../grading-api/frames.ts';
import type { Measure } from '../../../grading-api/protocol.ts';
import type { Voice } from '../../../grading-api/voices.ts';
import type { Mount } from '../../ports/engine/container-policy.ts';
import type {
  ContainerEnd,
  ContainerSpec,
  Containers,
  RunningContainer,
  Usage,
} from '../../ports/engine/containers.ts';
import { GradeportError } from '../../rules/errors.ts';
import { durationText } from '../../text/quantities.ts';
import { createReports } from './agent-reports.ts';
import { openDirectLine } from './direct-line.ts';

type AgentListener<T> = {
  message(message: T): void;
  bytes(stream: number, channel: number, bytes: Buffer): void;
};

export type AgentEnd = ContainerEnd & {
  complaint: string;
  /** It sent something that is not one of our messages; a program that is root in the container can do so, too. */
  spokeNonsense: boolean;
};

/** T: the messages of this kind of agent. */
export type AgentLink<T> = {
  containerId: string;
  /** A waiting agent sends nothing after "ready", so nothing is missed before this is called. */
  listen(listener: AgentListener<T>): void;
  send(message: object): void;
  sendBytes(stream: number, channel: number, bytes: Uint8Array): void;
  usage(): Promise<Usage | null>;
  /** What `usage` does not know; a reporting agent says so once its program runs. */
  uncounted(): readonly Measure[];
  /** Whether a folder was full when the agent last reported; false where it does not report. */
  isFull(place: 'task' | 'student'): boolean;
  halt(): Promise<boolean>;
  /** Settles when the container ends, or its agent sends something that is not one of our messages (then: what). */
  ended: Promise<AgentEnd>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A container that is up but whose agent sends nothing for this long is useless. */
const READY_TIMEOUT_MS = 30_000;
const MAX_COMPLAINT_CHARS = 4000;

/** Where the container's folders are, as far as its agent is concerned. */
export type Around = {
  /**
   * Size that the agent must see behind /task/student, null to accept any: a smaller or larger one means that the
   * engine does not see our mounts, or has lost a volume, and the size limit would not hold.
   */
  studentBytes: number | null;
  /** Where a socket may be made that leads to this agent; null: it could not be reached. */
  linePath: string | null;
  /** Whether the agent reports what its container uses, because this machine cannot know. */
  reports: boolean;
  /** Aborted: the run does not need the container any more. Absent: it is waited for. */
  signal?: AbortSignal | undefined;
};

export async function openAgent<T extends { type: string }>(
  containers: Containers,
  spec: ContainerSpec,
  { studentBytes, linePath, reports: isReporting, signal }: Around,
  voice: Voice<T>,
): Promise<AgentLink<T>> {
  if (signal?.aborted) throw calledOff();
  const { ready, broken, reports, listener, hear } = openEars(voice, isReporting);
  let complaint = '';
  const line = spec.ownKernel || linePath === null ? null : await openDirectLine(linePath, hear());
  const withLine = line ? withMount(spec, line.mount) : spec;
  const output = {
    stdout: hear(),
    stderr(bytes: Buffer) {
      if (complaint.length < MAX_COMPLAINT_CHARS) complaint += bytes.toString('utf8');
    },
  };
  const container = await unlessCalledOff(containers.start(withLine, output), signal).catch(
    (error: unknown) => {
      line?.close();
      throw error;
    },
  );
  const remove = () => {
    line?.close();
    return container.remove();
  };
  const ended = Promise.race([
    container.ended.then(async (end) => {
      // Its last messages may still be on their way; those in the engine's streams arrived before the end.
      await line?.over();
      return {
        ...end,
        complaint: complaint.trim().slice(0, MAX_COMPLAINT_CHARS),
        spokeNonsense: false,
      };
    }),
    broken.then((complaint) => ({
      exitCode: null,
      outOfMemory: false,
      complaint,
      spokeNonsense: true,
    })),
  ]);
  await untilReady({ remove, ready, ended, signal }, studentBytes);
  line?.closeDoor();
  const write = (bytes: Uint8Array) => {
    if (!line?.write(bytes)) container.write(bytes);
  };
  return {
    containerId: container.id,
    listen: (given) => void Object.assign(listener, given),
    send: (message) => write(packMessage(message)),
    sendBytes: (stream, channel, bytes) => write(packBytes(stream, channel, bytes)),
    usage: reports ? async () => reports.withEngine(await container.usage()) : container.usage,
    // Beside a kernel of its own, the engine's figures and the agent's own count stand in.
    uncounted: () =>
      reports ? reports.missing().filter((one) => !spec.ownKernel || one === 'cpu') : container.uncounted,
    isFull: (place) => reports?.isFull(place) ?? false,
    halt: container.halt,
    ended,
    [Symbol.asyncDispose]: remove,
  };
}

/** Hears what an agent sends, on each channel that it may use. */
function openEars<T extends { type: string }>(voice: Voice<T>, isReporting: boolean) {
  const ready = Promise.withResolvers<number | null>();
  const broken = Promise.withResolvers<string>();
  /** Until there is a listener the agent may report that it is ready, and nothing else is read. */
  const listener: FrameHandler<T> = {
    message(message) {
      if (message.type !== 'ready') return;
      ready.resolve('studentBytes' in message ? Number(message.studentBytes) : null);
    },
    bytes: () => {},
    broken: (why) =>
      broken.resolve(`Its first process sent something that is not in our protocol: ${why.slice(0, 500)}`),
  };
  const reports = isReporting ? createReports() : null;
  const handler: FrameHandler<T> = {
    message: (message) => reports?.take(message) || listener.message(message),
    bytes: (...frame) => listener.bytes(...frame),
    broken: listener.broken,
  };
  return {
    ready: ready.promise,
    broken: broken.promise,
    reports,
    listener,
    /** Each channel has frames of its own. */
    hear: () => createUnpacker(voice, handler),
  };
}

const withMount = (spec: ContainerSpec, mount: Mount): ContainerSpec => ({
  ...spec,
  policy: { ...spec.policy, mounts: [...spec.policy.mounts, mount] },
});

const calledOff = () => new GradeportError('conflict', 'The container is not needed any more.');

/** A start cannot be interrupted in the engine: a container that comes too late is removed. */
async function unlessCalledOff(
  starting: Promise<RunningContainer>,
  signal?: AbortSignal,
): Promise<RunningContainer> {
  const off = aborted(signal);
  const first = await Promise.race([starting, off.promise]).finally(off.forget);
  if (first !== undefined) return first;
  starting.then(({ remove }) => remove()).catch(() => {});
  throw calledOff();
}

/** forget: the signal lives longer than what waits for it, and must not keep it in memory. */
function aborted(signal?: AbortSignal): { promise: Promise<void>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const abort = () => resolve();
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  return { promise, forget: () => signal?.removeEventListener('abort', abort) };
}

type Opening = {
  remove: RunningContainer['remove'];
  ready: Promise<number | null>;
  ended: Promise<AgentEnd>;
  signal: AbortSignal | undefined;
};

async function untilReady(
  { remove, ready, ended, signal }: Opening,
  studentBytes: number | null,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    // Another try would only wait as long again: the image is at fault.
    const silent = notReady(`it said nothing for ${durationText(READY_TIMEOUT_MS)}`, 'conflict');
    timer = setTimeout(() => reject(silent), READY_TIMEOUT_MS);
  });
  const off = aborted(signal);
  try {
    const seen = await Promise.race([
      ready,
      timeout,
      off.promise.then(() => {
        throw calledOff();
      }),
      ended.then((end) => {
        // 127: the image has no python3, so another try would not help.
        const code = end.exitCode === NO_PYTHON ? 'conflict' : 'internal';
        const cause = end.exitCode === KILLED ? noMemory() : undefined;
        throw notReady(end.complaint || `it ended with status ${end.exitCode}`, code, cause);
      }),
    ]);
    if (studentBytes !== null && seen !== null && Math.abs(seen - studentBytes) > PAGE_BYTES) {
      throw new GradeportError(
        'internal',
        'The engine does not show containers the folders that Gradeport made; see "gradeport doctor".',
      );
    }
  } catch (error) {
    await remove();
    throw error;
  } finally {
    clearTimeout(timer);
    off.forget();
  }
}

/** tmpfs rounds its size up to whole pages; 64 KiB is the largest page there is. */
const PAGE_BYTES = 65_536;

const NO_PYTHON = 127;

const KILLED = 137;
/**
 * Before anything of a run has begun, only a kernel without memory kills a container: the least limit of a run is enough
 * for its agent.
 */
const noMemory = () => Object.assign(new Error('The kernel ended the container.'), { code: 'ENOMEM' });

const notReady = (why: string, code: 'internal' | 'conflict' = 'internal', cause?: Error) =>
  new GradeportError(code, `A container of this environment did not get ready: ${why}`, { cause });
