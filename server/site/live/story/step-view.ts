/** One step of the log as one viewer may see it. */
import type { RunStep } from '../../../../web/events.ts';
import type { PageTranslate } from '../../../../web/languages.ts';
import type { CourseTag, Task } from '../../../courses/task.ts';
import { feedbackView } from '../../show/feedback.ts';
import { verdictView } from '../../show/verdict.ts';
import type { LogStep } from './steps.ts';

export type Viewer = { staff: boolean; task: Task | null; tags: readonly CourseTag[]; t: PageTranslate };

/** null: not for this viewer. */
export function stepView(step: LogStep, viewer: Viewer): RunStep | null {
  const { staff, task } = viewer;
  const { seq, attempt, at } = step;
  switch (step.type) {
    case 'output':
    case 'omitted':
      return staff || task?.showOutput ? step : null;
    case 'feedback':
      return {
        seq,
        attempt,
        at,
        type: 'feedback',
        feedback: feedbackView(step.report, task, viewer, viewer.t),
      };
    case 'done': {
      const verdict = verdictView(step.outcome, staff, viewer.t);
      const feedback = feedbackView(step.outcome.report, task, viewer, viewer.t);
      return { seq, attempt, at, type: 'done', verdict, feedback };
    }
    default:
      return step;
  }
}
