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
import { NO_USAGE, type Usage } from '../../ports/containers.ts';
import type { Hold, ShowTerminal, TerminalOffer } from '../../ports/terminals.ts';
import { type Limits, studentLimits, terminalLimits } from '../../rules/limits.ts';
import type { Ending } from '../../rules/verdict.ts';
import type { AgentLink } from '../agent/agent-link.ts';
import { countedInside, endingOf, endOfContainer, goneContainer } from '../agent/ending-of-container.ts';
import type { Slot } from '../slots/slot.ts';
import { watchLimits } from './limit-watch.ts';
import { createTerminalSession, type TerminalSession } from './terminal-session.ts';

/** Exit codes that run_student gives for what is not the program's own status (INGInious' numbers). */
const REFUSED = 251;
const OVER_A_LIMIT = 252;
const OUT_OF_TIME = 253;
export const NOT_STARTED = 254;

const GONE = 'The student container ended by itself.';

/** The engine may need a minute to take a storm of forks away; it is bounded all the while, and the grader goes on. */
const STILL_MS = 2000;

/** Most graders have said their last word by then; one that goes on for long has only a few of them waiting. */
const LATER_MS = 60;

type StudentLink = AgentLink<FromStudentAgent>;

/** Even a program that is started too late gets as long to end by itself. */
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
};

export type StudentEnd = { code: number; ending: Ending; usage: Usage; complaint: string };

export type StudentRun = {
  /** From the grader's side: bytes of stdin, its end, a signal. Kept until the program is there. */
  stdin(bytes: Uint8Array): void;
  closeStdin(): void;
  signal(signal: number): void;
  /** Ends it; `end` settles soon after. */
  stop(): void;
  end: Promise<StudentEnd>;
};

const crashed = (code: number, reason: string): StudentEnd => ({
  code,
  ending: { kind: 'crashed', reason },
  usage: NO_USAGE,
  complaint: reason,
});

const ourFault = (reason: string): StudentEnd => ({
  code: NOT_STARTED,
  ending: { kind: 'system-error', reason },
  usage: NO_USAGE,
  complaint: reason,
});

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

/** Who shows the terminal that a request asks for, or why there is none. */
function whoShows({ terminal, hold }: StudentContext): ShowTerminal | StudentEnd {
  if (!terminal.allowed) {
    const way = 'To offer one, write "environment_type: docker-ssh" into its task.yaml.';
    return crashed(REFUSED, `ssh_student: this task offers its students no terminal. ${way}`);
  }
  if (hold.isOn()) return crashed(NOT_STARTED, 'ssh_student: one terminal is open already.');
  return (
    terminal.show ??
    crashed(NOT_STARTED, 'ssh_student: this task needs a terminal, and nobody is here to be shown one.')
  );
}

/** Whether a limit found in the last look is the cause, and how the program ended what it led to. */
function isExplainedBy(ending: Ending, hit: Ending): boolean {
  if (ending.kind === 'finished') return ending.exitCode !== 0;
  // Java, for one, complains at length of every thread that it is refused.
  if (ending.kind === 'output-limit') return hit.kind === 'process-limit' || hit.kind === 'out-of-memory';
  return ending.kind === 'crashed' || ending.kind === 'system-error';
}

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
  let link: StudentLink | null = null;
  let unread = 0;
  const early: ((link: StudentLink) => void)[] = [];
  const tell = (words: (link: StudentLink) => void) => (link ? words(link) : early.push(words));

  const conduct = async (): Promise<StudentEnd> => {
    const show = request.terminal ? whoShows(context) : null;
    if (show && 'code' in show) return show;
    const place = studentPlace(context, request);
    if ('code' in place) return place;
    const exit = Promise.withResolvers<{ code: number; ended: AgentEnding }>();
    const flood = Promise.withResolvers<Ending>();
    let printed = 0;
    const { workspace } = context.slot;
    const agent = await context.slot.student(place);
    const times = { connectMs: context.terminal.connectMs, sessionMs: sessionOf(context, request).sessionMs };
    const audience = show && { show, publish: context.publish };
    const terminal = audience && createTerminalSession(agent, audience, times, context.hold);
    using _ = { [Symbol.dispose]: () => terminal?.end() };
    agent.listen({
      message(message) {
        if (message.type === 'exit') exit.resolve(message);
        else if (message.type === 'terminal-waiting') terminal?.waiting();
        // A container that owns its agent may say anything; then nobody listens.
        else if (message.type === 'stdin-taken' && message.bytes <= unread) {
          unread -= message.bytes;
          listener.stdinTaken(message.bytes);
        }
      },
      bytes: (stream, _channel, bytes) => {
        if (stream === TERMINAL) {
          if (terminal?.print(bytes) === false) flood.resolve(endingOf('output-limit', null, place.limits));
          return;
        }
        printed += bytes.length;
        // The agent in the container counts too; this is for a container that owns its agent (root).
        if (printed > 2 * place.limits.outputBytes)
          flood.resolve(endingOf('output-limit', null, place.limits));
        else if (stream === STDOUT || stream === STDERR) listener.output(stream, bytes);
      },
    });
    const heldBefore = context.hold.ms();
    const watch = watchLimits({
      usage: agent.usage,
      isFull: () => workspace.isFull('student'),
      limits: place.limits,
      gone: () => goneContainer(place, GONE),
      heldMs: () => (terminal ? context.hold.ms() - heldBefore : 0),
    });
    agent.send(commandMessage(request, place));
    link = agent;
    for (const words of early) words(agent);
    const ending = await Promise.race([
      exit.promise.then(({ code, ended }) => endingOf(ended, code, place.limits)),
      flood.promise,
      watch.hit,
      stop.promise,
      agent.ended.then((end) => endOfContainer(end, place, GONE)),
    ]);
    const { hit, usage } = await watch.stop();
    // One that ended by itself goes later; any other must be still before the grader goes on, and so must one
    // whose program was root: it can say that it ended while it goes on.
    const mustBeStill = ending.kind !== 'finished' || place.asRoot;
    if (mustBeStill) await untilStill(agent);
    else goesLater(agent).catch(() => {});
    const final = hit && isExplainedBy(ending, hit) ? hit : ending;
    return { code: exitCodeOf(final), ending: final, usage, complaint: '', ...lateEnd(terminal, final) };
  };

  return {
    stdin(bytes) {
      unread += bytes.length;
      tell((agent) => agent.sendBytes(STDIN, 0, bytes));
    },
    closeStdin: () => tell((agent) => agent.send({ type: 'stdin-close', channel: 0 })),
    signal: (signal) => tell((agent) => agent.send({ type: 'signal', channel: 0, signal })),
    stop: () => stop.resolve({ kind: 'killed' }),
    end: conduct().catch((error: unknown) =>
      ourFault(`run_student: ${error instanceof Error ? error.message : String(error)}`),
    ),
  };
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

/** A session whose time was over ended by itself, as the agent sees it. */
function lateEnd(terminal: TerminalSession | null, final: Ending): Partial<StudentEnd> {
  const late = final.kind === 'finished' ? terminal?.ending() : null;
  return late ? { ...late, code: OUT_OF_TIME } : {};
}

const commandMessage = (request: RunStudent, place: Placement) => ({
  type: 'command',
  protocol: PROTOCOL_VERSION,
  command: request.command,
  workingDir: request.workingDir,
  runAsRoot: place.asRoot,
  mergeStderr: request.mergeStderr,
  teardown: request.teardown,
  outputBytes: place.limits.outputBytes,
  pids: countedInside(place),
  terminal: request.terminal,
});

function exitCodeOf(ending: Ending): number {
  if (ending.kind === 'finished') return ending.exitCode ?? NOT_STARTED;
  if (ending.kind === 'timeout') return OUT_OF_TIME;
  if (ending.kind === 'crashed' || ending.kind === 'killed' || ending.kind === 'system-error')
    return NOT_STARTED;
  return OVER_A_LIMIT;
}
