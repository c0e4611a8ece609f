/** All texts of a report as HTML: made once, when its run ends, and stored with it. */
import type { Report } from '../../../grading-api/report.ts';
import type { ReportHtml } from '../../model/report-html.ts';
import { renderFeedback } from './render.ts';
import { baseOf } from './text-place.ts';

/** Never fails. @param run the run that reports */
export async function renderReport(
  run: string,
  report: Report,
  task: { course: string; id: string; htmlFeedback: boolean } | null,
): Promise<ReportHtml> {
  const entries = Object.values(report.problems).map((entry) =>
    typeof entry === 'string' ? entry : entry[1],
  );
  const format = task?.htmlFeedback ? 'html' : 'rst';
  const [text = null, ...problems] = await renderFeedback(run, {
    format,
    base: task ? baseOf({ course: task.course, task: task.id }) : '/',
    texts: [report.text, ...entries],
  });
  return { text, problems };
}
