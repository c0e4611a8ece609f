/** One run_student: untrusted code in a container of its own, started because a grader asked for it. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type AgentEnding,
  type FromStudentAgent,
  PROTOCOL_VERSION,
  type RunStudent,
  STDERR,
  STDIN,
  STDOUT,
  TERMINAL,
} from '../../../grading-api/protocol.ts';
import type { Environment } from '../../environments/discovery/environment.ts';
import type { Placement } from '../../environments/discovery/placement.ts';
import { chooseRuntime, type RuntimeTable } from '../../environments/discovery/runtimes.ts';
import type { RunEvent } from '../../model/run-events.ts';
import type { Hold, TerminalOffer } from '../../ports/terminals.ts';
import { GradeportError } from '../../rules/errors.ts';
import { type Limits, studentLimits, terminalLimits } from '../../rules/limits.ts';
import type { Ending } from '../../rules/verdict.ts';
import type { AgentLink } from '../agent/agent-link.ts';
import {
  type Counting,
  countedInside,
  cpuSecondsFor,
  endingOf,
  endOfContainer,
  goneContainer,
  lateNewsMs,
} from '../agent/ending-of-container.ts';
import type { Slot } from '../slots/slot.ts';
import { watchLimits } from './limit-watch.ts';
import { type TellStopped, tellForgery } from './stopped-in-run.ts';
import {
  concludeStudent,
  crashed,
  NOT_STARTED,
  ourFault,
  REFUSED,
  type StudentEnd,
  whoShows,
} from './student-policy.ts';
import { createTerminalSession, type TerminalSession } from './terminal-session.ts';

const GONE = 'The student container ended unexpectedly.';

/** The engine may need a minute to take a storm of forks away; it is bounded all the while, and the grader goes on. */
const STILL_MS = 2000;

/** Most graders have said their last word by then; one that goes on for long has only a few of them waiting. */
const LATER_MS = 60;

type StudentLink = AgentLink<FromStudentAgent>;

/** Even a program that is started too late gets as long to end. */
const LEAST_WALL_MS = 100;

/** The parts of the grading run that its student runs need. */
export type StudentContext = {
  parent: Placement;
  /** How much of the grader's time on the clock is left, in ms. */
  wallLeftMs(): number;
  slot: Slot;
  find(name: string): Environment | null;
  installedRuntimes: readonly string[];
  table: RuntimeTable;
  ceilings: Limits;
  terminal: TerminalOffer;
  publish(event: RunEvent): void;
  /** The grader's clock stands still while a terminal is open. */
  hold: Hold;
  stopped: TellStopped;
};

export type StudentRun = {
  /** From the grader's side: bytes of stdin, its end, a signal. Kept until the program is there. */
  stdin(bytes: Uint8Array): void;
  closeStdin(): void;
  signal(signal: number): void;
  /** Ends it; `end` settles soon after. */
  stop(): void;
  end: Promise<StudentEnd>;
};

/** Where this student run takes place, or why it cannot. */
function studentPlace(context: StudentContext, request: RunStudent): Placement | StudentEnd {
  const { parent } = context;
  const environment = request.environment === null ? parent.environment : context.find(request.environment);
  // Unavailable with a runtime: the engine is away. That is our fault, and shows when the container is asked for.
  if (!environment || environment.runtime === null) {
    return crashed(NOT_STARTED, `run_student: there is no usable environment "${request.environment}".`);
  }
  const choice = chooseRuntime(environment, context.installedRuntimes, context.table, parent.runtime);
  if (choice.runtime === null) return crashed(NOT_STARTED, `run_student: ${choice.reason}`);
  if (request.runAsRoot && !choice.traits.root) {
    return crashed(REFUSED, `run_student --run-as-root: ${choice.runtime} shares the host's kernel.`);
  }
  const limits = request.terminal
    ? sessionOf(context, request).limits
    : studentLimits(parent.limits, askedBy(request));
  // The grader's clock runs on: a program that outlives it would leave nobody to say what was wrong with it.
  const wallMs = Math.min(limits.wallMs, Math.max(LEAST_WALL_MS, context.wallLeftMs()));
  return {
    environment,
    runtime: choice.runtime,
    traits: choice.traits,
    limits: { ...limits, wallMs },
    network: request.shareNetwork && parent.network,
    asRoot: request.runAsRoot,
  };
}

const askedBy = ({ time, hardTime, memory }: RunStudent) => ({
  timeMs: time * 1000,
  hardTimeMs: hardTime * 1000,
  memoryBytes: memory * 2 ** 20,
});

const sessionOf = ({ parent, ceilings, hold }: StudentContext, request: RunStudent) =>
  terminalLimits(parent.limits, askedBy(request), ceilings, hold.ms());

export type StudentListener = {
  /** What the program prints, as it prints it. */
  output(stream: number, bytes: Buffer): void;
  /** So many bytes of its input were read, since the last time. */
  stdinTaken(bytes: number): void;
};

export function startStudentRun(
  context: StudentContext,
  request: RunStudent,
  listener: StudentListener,
): StudentRun {
  const stop = Promise.withResolvers<Ending>();
  const input = createInput();

  const conduct = async (): Promise<StudentEnd> => {
    const show = request.terminal ? whoShows(context) : null;
    if (show && 'code' in show) return show;
    const place = studentPlace(context, request);
    if ('code' in place) return place;
    const { workspace } = context.slot;
    const agent = await Promise.race([context.slot.student(place), stop.promise]);
    // Its container said nothing until the grader's own time was over.
    if ('kind' in agent) return crashed(NOT_STARTED, 'run_student: its container did not get ready in time.');
    const times = { connectMs: context.terminal.connectMs, sessionMs: sessionOf(context, request).sessionMs };
    const audience = show && { show, publish: context.publish };
    const terminal = audience && createTerminalSession(agent, audience, times, context.hold);
    using _ = { [Symbol.dispose]: () => terminal?.end() };
    const program = listenToProgram(agent, place, { input, terminal, listener });
    tellForgery(agent, context.stopped);
    const heldBefore = context.hold.ms();
    const watch = watchLimits({
      usage: agent.usage,
      isFull: () => workspace.isFull('student', agent),
      limits: place.limits,
      gone: () => goneContainer(place, GONE),
      heldMs: () => (terminal ? context.hold.ms() - heldBefore : 0),
    });
    agent.send(commandMessage(request, place, { reports: workspace.reports, uncounted: agent.uncounted() }));
    input.open(agent);
    const ending = await Promise.race([
      program.exit.then(({ code, ended }) => endingOf(ended, code, place.limits)),
      program.flood,
      watch.hit,
      stop.promise,
      agent.ended.then((end) => endOfContainer(end, place, GONE)),
    ]);
    const { hit, usage } = await watch.stop(lateNewsMs(ending, place, workspace.reports));
    await takeAway(agent, ending, place);
    return {
      ...concludeStudent(ending, hit, terminal?.ending() ?? null),
      usage,
      uncounted: agent.uncounted(),
    };
  };

  return {
    stdin: input.stdin,
    closeStdin: input.close,
    signal: input.signal,
    stop: () => stop.resolve({ kind: 'killed' }),
    end: conduct().catch((error: unknown) => {
      const why = `run_student: ${error instanceof Error ? error.message : String(error)}`;
      const isOfImage = error instanceof GradeportError && error.code === 'conflict';
      if (!isOfImage) return ourFault(why);
      context.stopped('image', why);
      return crashed(NOT_STARTED, why);
    }),
  };
}

/** What the grader says to the program. It is kept until the program is there, and counted until it is read. */
function createInput() {
  let link: StudentLink | null = null;
  let unread = 0;
  const early: ((link: StudentLink) => void)[] = [];
  function tell(words: (link: StudentLink) => void): void {
    if (link) words(link);
    else early.push(words);
  }
  return {
    stdin(bytes: Uint8Array): void {
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
  };
}

type Attention = {
  input: Pick<ReturnType<typeof createInput>, 'take'>;
  terminal: TerminalSession | null;
  listener: StudentListener;
};

/** Passes on what the program prints and reads. */
function listenToProgram(
  agent: StudentLink,
  { limits }: Placement,
  { input, terminal, listener }: Attention,
) {
  const exit = Promise.withResolvers<{ code: number; ended: AgentEnding }>();
  const flood = Promise.withResolvers<Ending>();
  const tooMuch = () => flood.resolve(endingOf('output-limit', null, limits));
  let printed = 0;
  agent.listen({
    message(message) {
      if (message.type === 'exit') exit.resolve(message);
      else if (message.type === 'terminal-waiting') terminal?.waiting();
      else if (message.type === 'stdin-taken' && input.take(message.bytes))
        listener.stdinTaken(message.bytes);
    },
    bytes(stream, _channel, bytes) {
      if (stream === TERMINAL) {
        if (terminal?.print(bytes) === false) tooMuch();
        return;
      }
      printed += bytes.length;
      // The agent in the container counts too; this is for a container that owns its agent (root).
      if (printed > 2 * limits.outputBytes) tooMuch();
      else if (stream === STDOUT || stream === STDERR) listener.output(stream, bytes);
    },
  });
  return { exit: exit.promise, flood: flood.promise };
}

/**
 * A container whose program has ended goes later. Any other must be still before the grader goes on, and so must
 * one whose program was root: it can say that it ended while it goes on.
 */
async function takeAway(agent: StudentLink, ending: Ending, { asRoot }: Placement): Promise<void> {
  if (ending.kind !== 'finished' || asRoot) await untilStill(agent);
  else goesLater(agent).catch(() => {});
}

async function untilStill(agent: StudentLink): Promise<void> {
  const isStill = await agent.halt();
  const gone = agent[Symbol.asyncDispose]();
  gone.catch(() => {});
  if (!isStill) await Promise.race([gone, pause(STILL_MS)]);
}

/** To take a container away keeps a processor busy for 50 ms, which the grader needs now. With its slot it goes anyhow. */
async function goesLater(agent: StudentLink): Promise<void> {
  await pause(LATER_MS, undefined, { ref: false });
  await agent[Symbol.asyncDispose]();
}

const commandMessage = (request: RunStudent, place: Placement, counting: Counting) => ({
  type: 'command',
  protocol: PROTOCOL_VERSION,
  command: request.command,
  workingDir: request.workingDir,
  runAsRoot: place.asRoot,
  mergeStderr: request.mergeStderr,
  teardown: request.teardown,
  outputBytes: place.limits.outputBytes,
  pids: countedInside(place),
  reports: counting.reports,
  cpuSeconds: cpuSecondsFor(counting, place.limits),
  terminal: request.terminal,
});
