/** A run's events as one viewer may see them: from the event log, or from the store once the log has dropped it. */
import type { JoinRun, RunStep } from '../../../web/events.ts';
import type { PageTranslate } from '../../../web/languages.ts';
import type { CourseTag, Task } from '../../courses/task.ts';
import type { Run } from '../../model/collections.ts';
import type { NumberedEvent, RunEvent } from '../../model/run-events.ts';
import type { Following, RunEvents, RunReader } from '../../ports/run-events.ts';
import type { Store } from '../../ports/store.ts';
import { feedbackView } from '../show/feedback.ts';
import { verdictView } from '../show/verdict.ts';

export type StorySources = {
  runs: Pick<Store['runs'], 'get'>;
  events: RunEvents;
  /** The place of a run in the queue; null when it does not wait. */
  position(runId: string): Promise<number | null> | number | null;
};
export type Viewer = { staff: boolean; task: Task | null; tags: readonly CourseTag[]; t: PageTranslate };

/** The largest step number that a viewer's message may claim. */
const MAX_SEQ = 1_000_000;

/** A reader whose steps are sent in the order of the events, though feedback is rendered elsewhere. */
export type StepReader = RunReader & {
  /** Settles once everything that it has read is sent. */
  sent(): Promise<void>;
};

/** Turns events into steps for one viewer; leaves out what this viewer may not see. */
export function showTo(viewer: Viewer, send: (runId: string, step: RunStep) => void): StepReader {
  let newest: NumberedEvent | null = null;
  let turn: Promise<void> | null = null;
  const show = (runId: string, event: NumberedEvent): void | Promise<void> => {
    if (event.type === 'done' || event.type === 'feedback') {
      // Feedback is whole each time: what a later one replaces need not be rendered.
      const isReplaced = event.type === 'feedback' && newest?.type === 'feedback' && newest !== event;
      return isReplaced ? undefined : withFeedback(viewer, runId, event).then((step) => send(runId, step));
    }
    const step = stepOf(viewer, event);
    if (step) send(runId, step);
  };
  const read: RunReader = (runId, event) => {
    newest = event;
    const begun = turn ? turn.then(() => show(runId, event)) : show(runId, event);
    if (!begun) return;
    const over = () => {
      if (turn === own) turn = null;
    };
    // A page that is gone takes nothing more.
    const own: Promise<void> = begun.then(over, over);
    turn = own;
  };
  return Object.assign(read, { sent: async () => void (await turn) });
}

type Reporting = Extract<NumberedEvent, { type: 'feedback' | 'done' }>;

async function withFeedback(viewer: Viewer, run: string, event: Reporting): Promise<RunStep> {
  const { staff, task, t } = viewer;
  const { seq, attempt, at } = event;
  if (event.type === 'feedback') {
    const context = { run, task, reader: viewer, made: null };
    return { seq, attempt, at, type: 'feedback', feedback: await feedbackView(event.report, context, t) };
  }
  const { outcome } = event;
  const context = { run, task, reader: viewer, made: outcome.html ?? null };
  const feedback = await feedbackView(outcome.report, context, t);
  return { seq, attempt, at, type: 'done', verdict: verdictView(outcome, staff, t), feedback };
}

/** null: this viewer may not see it. */
function stepOf({ staff, task }: Viewer, event: Exclude<NumberedEvent, Reporting>): RunStep | null {
  const { seq, attempt, at } = event;
  if (event.type === 'starting') {
    const { name, runtime } = event.environment;
    return { seq, attempt, at, type: 'starting', environment: name, runtime: runtime ?? '' };
  }
  if (event.type !== 'output' && event.type !== 'omitted') return event;
  return staff || task?.showOutput ? event : null;
}

/** Returns what this viewer has not seen yet, and the reader of later events. */
export async function followStory(
  sources: StorySources,
  { id, state }: Pick<Run, 'id' | 'state'>,
  seen: JoinRun,
): Promise<Following> {
  const { runs, events } = sources;
  const from = { attempt: seen.attempt, after: Math.min(seen.after, MAX_SEQ) };
  const known = await events.follow(id, from);
  // The store is the truth: if the log missed the end of the run, its viewers would wait for ever.
  if (known && (state !== 'done' || known.last() === 'done')) return known;
  known?.stop();
  const run = await runs.get(id);
  if (!run) return over([]);
  const stored = storedEvents(run, await sources.position(id));
  const sameAttempt = from.attempt === run.attempt && from.after > 0;
  if (run.state === 'done') {
    // Numbers of the dropped log mean nothing here: the whole story is sent as a new attempt.
    const attempt = sameAttempt ? run.attempt + 1 : run.attempt;
    const at = run.doneAt ?? run.queuedAt;
    return over(stored.map((event, index) => ({ ...event, seq: index + 1, attempt, at })));
  }
  await events.begin(id, { attempt: run.attempt, after: sameAttempt ? from.after : 0 }, stored);
  return (await events.follow(id, from)) ?? over([]);
}

const over = (events: NumberedEvent[]): Following => ({
  events,
  last: () => 'done',
  listen: () => {},
  stop: () => {},
});

/** The events of a run that the store can reconstruct. */
function storedEvents(run: Run, position: number | null): RunEvent[] {
  if (run.state === 'queued') return [{ type: 'queued', position }];
  const { attempt, environment, outcome } = run;
  const starting: RunEvent[] = environment ? [{ type: 'starting', attempt, environment }] : [];
  if (!outcome) return starting;
  const { head, tail, omittedBytes } = outcome.output;
  const output = (text: string): RunEvent[] =>
    text === '' ? [] : [{ type: 'output', stream: 'stdout', text }];
  return [
    ...starting,
    { type: 'started', startMs: outcome.timings.startMs },
    ...output(head),
    ...(omittedBytes > 0 ? [{ type: 'omitted', bytes: omittedBytes } as const] : []),
    ...output(tail),
    { type: 'done', outcome },
  ];
}
