/** One run: a grading container with the teacher's grader, and the student containers it asks for. */
import { StringDecoder } from 'node:string_decoder';
import {
  type FromGradingAgent,
  type GraderResult,
  type Measure,
  PROTOCOL_VERSION,
  STDERR,
  STDOUT,
} from '../../../grading-api/protocol.ts';
import type { Report } from '../../../grading-api/report.ts';
import type { Placement } from '../../environments/discovery/placement.ts';
import type { Outcome } from '../../model/collections.ts';
import { uncountedText } from '../../model/uncounted.ts';
import type { Containers } from '../../ports/engine/containers.ts';
import { createHold } from '../../ports/terminals.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { Ending } from '../../rules/verdict.ts';
import {
  type Counting,
  countedInside,
  cpuSecondsFor,
  endingOf,
  endOfContainer,
  goneContainer,
  lateNewsMs,
} from '../agent/ending-of-container.ts';
import type { LeftFolders } from '../slots/places/run-place.ts';
import { TASK_BYTES } from '../slots/places/workspace.ts';
import type { Slot } from '../slots/slot.ts';
import { taskTooLarge } from '../slots/task-files.ts';
import type { GradingJob } from './grading-job.ts';
import { watchLimits } from './limit-watch.ts';
import { concludeOutcome } from './outcome.ts';
import { createOutputCollector } from './output.ts';
import { readReport } from './read-report.ts';
import { linksText, tellForgery } from './stopped-in-run.ts';
import type { StudentContext } from './student-run.ts';
import { createStudentRuns, type StudentRuns } from './student-runs.ts';

export type GradingContext = Omit<StudentContext, 'wallLeftMs' | 'hold' | 'terminal'> & {
  containers: Containers;
  /** When the run asked for its slot, in ms of performance.now(). */
  begun: number;
  /** How long a terminal waits for its first person. */
  connectMs?: number | undefined;
  /** Whether a run is refused where the machine does not count what it uses. */
  strict?: boolean;
};

/** A grader whose time is over while a student program runs may still report what it knows of that program. */
const LAST_WORDS_MS = 1500;

const GONE = 'The grading container ended before the grader did.';

const CODE = new Set(['code', 'code_single_line', 'file']);

export type FinishedRun = {
  outcome: Outcome;
  /** What the run leaves until it is disposed of; its content is hostile. null: it had no folders. */
  folders: LeftFolders | null;
  /** Ends and removes everything of this run; called after the outcome is safe. */
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * Grades once. What goes wrong with the student's or the grader's code is in the outcome; what goes wrong
 * with us or the engine is thrown, and the caller may try again. The slot is used up either way.
 */
export async function gradeInContainers(context: GradingContext, job: GradingJob): Promise<FinishedRun> {
  const { parent, publish, begun } = context;
  const sinceBegun = () => performance.now() - begun;
  await using cleanup = new AsyncDisposableStack();
  const slot = cleanup.use(context.slot);
  const { agent, workspace } = slot;
  let startedAt = performance.now();
  const hold = createHold();
  refuseUncounted(context, agent.uncounted());
  const wallLeftMs = () => parent.limits.wallMs - (performance.now() - startedAt) + hold.ms();
  const terminal = { allowed: job.task.terminal, show: job.showTerminal, connectMs: context.connectMs };
  const students = cleanup.use(createStudentRuns({ ...context, wallLeftMs, hold, terminal }));
  const grader = listenToGrader(context, agent, students);
  tellForgery(agent, context.stopped);
  await workspace.fill(job.task.folder, agent);
  const startMs = sinceBegun();
  startedAt = performance.now();
  // Sent first, so that the agent reads it while the rest happens.
  agent.send(startMessage(job, parent, { reports: workspace.reports, uncounted: agent.uncounted() }));
  publish({ type: 'started', startMs });
  const watch = watchLimits({
    usage: agent.usage,
    isFull: () => workspace.isFull('task', agent),
    placeBytes: TASK_BYTES,
    limits: parent.limits,
    gone: () => goneContainer(parent, GONE),
    heldMs: hold.ms,
    isWaiting: hold.isOn,
    graceMs: () => (students.active() ? LAST_WORDS_MS : 0),
  });

  const ending = await Promise.race([
    grader.result.then((said) => endingOf(said.ended, said.exitCode, parent.limits)),
    grader.flood,
    grader.refused.then(({ noSpace, reason }) => {
      throw noSpace
        ? taskTooLarge(job.task.folder, workspace.studentBytes, reason)
        : new GradeportError('internal', `The files of the task could not be laid out: ${reason}`);
    }),
    watch.hit,
    untilAborted(job.signal),
    agent.ended.then((end) => endOfContainer(end, parent, GONE)),
  ]);
  const { hit, usage } = await watch.stop(lateNewsMs(ending, parent, workspace.reports));
  const studentEnds = await students.stop();
  // A reporting agent says what it does not find once its program runs.
  for (const each of [agent.uncounted(), ...studentEnds.map((end) => end.uncounted)])
    refuseUncounted(context, each);
  if (ending.kind !== 'killed')
    await refuseOurFaults(context.containers, [hit ?? ending, ...studentEnds.map((end) => end.ending)]);
  const { said, lastReport, output } = grader.heard();
  const outcome = concludeOutcome({
    ending,
    hit,
    said,
    lastReport,
    students: studentEnds,
    output: output.text(),
    timings: {
      startMs,
      graderMs: sinceBegun() - startMs,
      programMs: programMs(said),
      totalMs: sinceBegun(),
    },
    usage,
    uncounted: agent.uncounted(),
    outputBytes: output.bytes(),
    state: String(job.input['@state'] ?? ''),
    answersAreCode: job.task.problems.some(({ type }) => CODE.has(type)),
  });
  const owned = cleanup.move();
  return { outcome, folders: workspace.left(agent), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

type FilesRefused = Extract<FromGradingAgent, { type: 'files-refused' }>;

/** Publishes what the grader prints and reports, and passes what concerns student runs to them. */
function listenToGrader(
  { parent, publish, stopped }: Pick<GradingContext, 'parent' | 'publish' | 'stopped'>,
  agent: Slot['agent'],
  students: StudentRuns,
) {
  const { outputBytes } = parent.limits;
  const result = Promise.withResolvers<GraderResult>();
  const flood = Promise.withResolvers<Ending>();
  const refused = Promise.withResolvers<FilesRefused>();
  const output = createOutputCollector();
  // A character may be cut in two by a chunk's end.
  const texts = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  let lastReport: Report | null = null;
  let said: GraderResult | null = null;
  agent.listen({
    message(message) {
      if (message.type === 'result') {
        said = message;
        result.resolve(message);
      } else if (message.type === 'feedback') {
        lastReport = readReport(message.feedback).report ?? lastReport;
        if (lastReport) publish({ type: 'feedback', report: lastReport });
      } else if (message.type === 'run-student') students.start(agent, message);
      else if (message.type === 'links') stopped('link', linksText(message));
      else if (message.type === 'files-refused') refused.resolve(message);
      else if (message.type !== 'ready' && message.type !== 'usage') students.tell(message);
    },
    bytes(stream, channel, bytes) {
      if (channel > 0) return students.stdin(channel, bytes);
      output.add(bytes);
      if (output.bytes() > 2 * outputBytes) {
        flood.resolve({ kind: 'output-limit', limitBytes: outputBytes });
      } else if (stream === STDOUT || stream === STDERR) {
        const name = stream === STDOUT ? 'stdout' : 'stderr';
        publish({ type: 'output', stream: name, text: texts[name].write(bytes) });
      }
    },
  });
  return {
    /** Settles with the agent's last message. */
    result: result.promise,
    /** Settles when the grader has printed far more than it may. */
    flood: flood.promise,
    /** Settles when the agent could not lay out the task. */
    refused: refused.promise,
    /** All that was heard until now. */
    heard: () => ({ said, lastReport, output }),
  };
}

const programMs = (said: GraderResult | null): number => said?.graderMs ?? 0;

const startMessage = (job: GradingJob, place: Placement, counting: Counting) => ({
  type: 'start',
  protocol: PROTOCOL_VERSION,
  input: job.input,
  files: job.files,
  command: job.task.runCommand,
  runAsRoot: place.asRoot,
  sharedKernel: place.traits.sharedKernel,
  debug: job.debug,
  outputBytes: place.limits.outputBytes,
  pids: countedInside(place),
  reports: counting.reports,
  cpuSeconds: cpuSecondsFor(counting, place.limits),
});

function refuseUncounted({ strict }: Pick<GradingContext, 'strict'>, uncounted: readonly Measure[]): void {
  if (!strict || uncounted.length === 0) return;
  throw new GradeportError(
    'conflict',
    `This machine does not count what runs use (${uncountedText(uncounted)}), and the operator has set "strict". "gradeport doctor" says more.`,
  );
}

/**
 * A failure of our own makes the grader's result worthless: the run is tried again. If the engine went away, asking it
 * throws, and that error explains more.
 */
async function refuseOurFaults(containers: Containers, endings: readonly Ending[]): Promise<void> {
  const fault = endings.find((ending) => ending.kind === 'system-error');
  if (!fault) return;
  await containers.info();
  throw new GradeportError(fault.engineLost ? 'unreachable' : 'internal', fault.reason);
}

function untilAborted(signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    const stop = () => resolve({ kind: 'killed' });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
