/** One step of the log as one viewer may see it. */
import type { RunStep } from '../../web/events.ts';
import type { Task } from '../courses/task.ts';
import { feedbackView } from '../http/views/feedback.ts';
import { verdictView } from '../http/views/verdict.ts';
import type { LogStep } from './steps.ts';

export type Viewer = { staff: boolean; task: Task | null };

/** null: not for this viewer. */
export function stepView(step: LogStep, { staff, task }: Viewer): RunStep | null {
  const { seq, attempt, at } = step;
  switch (step.type) {
    case 'output':
    case 'omitted':
      return staff || task?.showOutput ? step : null;
    case 'feedback':
      return { seq, attempt, at, type: 'feedback', feedback: feedbackView(step.report, task) };
    case 'done': {
      const verdict = verdictView(step.outcome, staff);
      return { seq, attempt, at, type: 'done', verdict, feedback: feedbackView(step.outcome.report, task) };
    }
    default:
      return step;
  }
}
