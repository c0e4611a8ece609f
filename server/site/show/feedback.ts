/** A grader's report, ready to show: the same on the page and in live updates. */
import type { Report } from '../../../grading-api/report.ts';
import type { PageTranslate } from '../../../web/languages.ts';
import type { FeedbackView } from '../../../web/view-models.ts';
import type { Task } from '../../courses/task.ts';
import { renderReport } from '../../courses/text/render-report.ts';
import { htmlAt } from '../../courses/text/shown.ts';
import type { Rendered, ReportHtml } from '../../model/report-html.ts';
import { type TestReader, testViews } from './tests.ts';

export type FeedbackContext = {
  /** Whose turn it is when many are to be rendered. */
  run: string;
  task: Task | null;
  reader: TestReader;
  /** What was rendered when the run ended; null: an older run, or one that is not over. */
  made: ReportHtml | null;
};

export async function feedbackView(
  report: Report,
  { run, task, reader, made }: FeedbackContext,
  t: PageTranslate,
): Promise<FeedbackView> {
  const { text, problems } = made ?? (await renderReport(run, report, task));
  const now = Date.now();
  const shown = (rendered: Rendered | undefined): string =>
    rendered ? htmlAt(rendered, now) : `<p>${t('live.feedbackTooSlow')}</p>`;
  return {
    textHtml: shown(text),
    problems: Object.entries(report.problems).map(([id, entry], at) => {
      const result = typeof entry === 'string' ? null : entry[0];
      const name = task?.problems.find((problem) => problem.id === id)?.name || id;
      return { id, name, result, html: shown(problems[at]) };
    }),
    tests: testViews(report.tests, reader),
  };
}
