/**
 * The events of a run: one list for the worker that sends them, the log that keeps them and the page that shows them.
 * Events are plain data, because worker, log and page may be in three processes.
 */
import { z } from 'zod';
import { reportSchema } from '../../grading-api/report.ts';
import { gradedBySchema, outcomeSchema } from './collections.ts';
import { instant } from './instant.ts';

const ms = z.number().min(0);

export const runEventSchema = z.discriminatedUnion('type', [
  /** position: how many runs are before it; null when that is not known, or a worker has just taken it. */
  z.strictObject({ type: z.literal('queued'), position: z.int().min(0).nullable() }),
  /** A worker took the run; containers are being made. */
  z.strictObject({ type: z.literal('starting'), attempt: z.int().min(0), environment: gradedBySchema }),
  /** The grader runs. startMs: from taking the run to here. */
  z.strictObject({ type: z.literal('started'), startMs: ms }),
  z.strictObject({ type: z.literal('output'), stream: z.enum(['stdout', 'stderr']), text: z.string() }),
  /** Output was left out because there was too much. */
  z.strictObject({ type: z.literal('omitted'), bytes: z.int().min(0) }),
  /** A terminal waits for its student, is open, or is over. endsAt: until when it waits, or stays open. */
  z.strictObject({
    type: z.literal('terminal'),
    state: z.enum(['waiting', 'open', 'closed']),
    endsAt: instant.nullable(),
  }),
  /** The grader's feedback as it stands now, whole. */
  z.strictObject({ type: z.literal('feedback'), report: reportSchema }),
  /** Grading failed through Gradeport's own fault; the run goes back to the queue. */
  z.strictObject({ type: z.literal('requeued'), reason: z.string() }),
  z.strictObject({ type: z.literal('done'), outcome: outcomeSchema }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;
export type OutputEvent = Extract<RunEvent, { type: 'output' }>;

/** Where an event stands in the story of its run: seq counts from 1 within one attempt. */
export type Place = { seq: number; attempt: number; at: string };
export type NumberedEvent = Place & RunEvent;

/** Publishes an event of a run. It cannot fail, and no work depends on it: the store is the truth. */
export type Publish = (runId: string, event: RunEvent) => void;
