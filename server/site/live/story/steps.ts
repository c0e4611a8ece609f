/** What the log keeps of a run: the same story for every viewer, turned into what one viewer may see later. */
import type { Report } from '../../../../grading-api/report.ts';
import type { Outcome } from '../../../model/collections.ts';

export type StepBody =
  | { type: 'queued'; position: number | null }
  | { type: 'starting'; environment: string; runtime: string }
  | { type: 'started'; startMs: number }
  | { type: 'terminal'; state: 'waiting' | 'open' | 'closed'; endsAt: string | null }
  | { type: 'output'; stream: 'stdout' | 'stderr'; text: string }
  | { type: 'omitted'; bytes: number }
  | { type: 'feedback'; report: Report }
  | { type: 'requeued'; reason: string }
  | { type: 'done'; outcome: Outcome };

/** seq counts from 1 within one attempt. */
export type LogStep = { seq: number; attempt: number; at: string } & StepBody;

/** What a step costs beside its text: keeps many tiny steps from costing more than few large ones. */
const STEP_BYTES = 64;

export function sizeOf(body: StepBody): number {
  if (body.type === 'output') return STEP_BYTES + Buffer.byteLength(body.text);
  if (body.type === 'feedback') return STEP_BYTES + JSON.stringify(body.report).length;
  if (body.type === 'done') return STEP_BYTES + JSON.stringify(body.outcome).length;
  return STEP_BYTES;
}
