/** What happens to a run, as grading tells it. The live room numbers these and hands them to browsers. */
import type { Report } from '../../grading-api/report.ts';
import type { GradedBy, Outcome } from './collections.ts';

export type RunEvent =
  /** position: how many runs are before it; left out where that is not known. */
  | { type: 'queued'; position?: number | null }
  /** A worker took it; containers are being made. */
  | { type: 'starting'; attempt: number; environment: GradedBy }
  /** The grader runs. startMs: from taking the run to here. */
  | { type: 'started'; startMs: number }
  | { type: 'output'; stream: 'stdout' | 'stderr'; text: string }
  /** A terminal waits for its student, is open, or is over. endsAt: until when it waits, or stays open. */
  | { type: 'terminal'; state: 'waiting' | 'open' | 'closed'; endsAt: string | null }
  /** The grader's feedback as it stands now, whole. */
  | { type: 'feedback'; report: Report }
  /** Gradeport's own fault; the run goes back to the queue. */
  | { type: 'requeued'; reason: string }
  | { type: 'done'; outcome: Outcome };

export type Publish = (runId: string, event: RunEvent) => void;
