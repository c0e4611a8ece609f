/** One run_student: untrusted code in a container of its own, started because a grader asked for it. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type FromStudentAgent,
  PROTOCOL_VERSION,
  type RunStudent,
  type STDERR,
  type STDOUT,
  type StudentExit,
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
import { createInput, createOutputAhead, listenToProgram, type StudentListener } from './student-flow.ts';
import {
  concludeStudent,
  crashed,
  howEnded,
  NOT_STARTED,
  ourFault,
  REFUSED,
  type StudentEnd,
  seenFromOutside,
  whoShows,
} from './student-policy.ts';
import { createTerminalSession } from './terminal-session.ts';

const GONE = 'The student container ended unexpectedly.';
const TOO_MUCH_INPUT = 'run_student: the grader sent more input than it was asked for.';

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
  /** The grader took so much of its output. */
  outputTaken(stream: typeof STDOUT | typeof STDERR, bytes: number): void;
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

export function startStudentRun(
  context: StudentContext,
  request: RunStudent,
  listener: StudentListener,
): StudentRun {
  const stop = Promise.withResolvers<Ending>();
  const input = createInput();
  const ahead = createOutputAhead();

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
    const program = listenToProgram(agent, place, { input, ahead, terminal, listener });
    ahead.open(agent);
    tellForgery(agent, context.stopped);
    const heldBefore = context.hold.ms();
    const watch = watchLimits({
      usage: agent.usage,
      isFull: () => workspace.isFull('student', agent),
      limits: place.limits,
      gone: () => goneContainer(place, GONE),
      heldMs: () => (terminal ? context.hold.ms() - heldBefore : 0),
    });
    const began = performance.now();
    agent.send(commandMessage(request, place, { reports: workspace.reports, uncounted: agent.uncounted() }));
    input.open(agent);
    let last: StudentExit | null = null;
    const ending = await Promise.race([
      program.exit.then((exit) => {
        last = exit;
        return endingOf(exit.ended, exit.code, place.limits);
      }),
      program.flood,
      watch.hit,
      stop.promise,
      input.tooMuch.then((): Ending => ({ kind: 'crashed', reason: TOO_MUCH_INPUT })),
      agent.ended.then((end) => endOfContainer(end, place, GONE)),
    ]);
    const wallMs = performance.now() - began;
    const { hit, usage } = await watch.stop(lateNewsMs(ending, place, workspace.reports));
    await takeAway(agent, ending, place);
    const end = concludeStudent(ending, hit, terminal?.ending() ?? null);
    const uncounted = agent.uncounted();
    const seen = seenFromOutside(usage, uncounted, { wallMs, outputBytes: program.printed() });
    return { ...end, usage, uncounted, how: howEnded(end.ending, last, seen) };
  };

  return {
    stdin: input.stdin,
    closeStdin: input.close,
    signal: input.signal,
    outputTaken: ahead.take,
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
