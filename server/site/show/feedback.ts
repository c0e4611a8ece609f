/** A grader's report, ready to show: the same on the page and in live updates. */
import type { Report } from '../../../grading-api/report.ts';
import type { PageTranslate } from '../../../web/languages.ts';
import type { FeedbackView } from '../../../web/view-models.ts';
import type { Task } from '../../courses/task.ts';
import { renderRst } from '../../courses/text/rst.ts';
import { sanitiseHtml } from '../../courses/text/rst-sanitise.ts';
import { type TestReader, testViews } from './tests.ts';

/** The total time for all texts: a hundred slow ones would block the server. */
const PATIENCE_MS = 1000;

export function feedbackView(
  report: Report,
  task: Task | null,
  reader: TestReader,
  t: PageTranslate,
): FeedbackView {
  const end = performance.now() + PATIENCE_MS;
  const toHtml = task?.htmlFeedback ? sanitiseHtml : renderRst;
  const render = (text: string): string =>
    performance.now() < end ? toHtml(text) : `<p>${t('live.feedbackTooSlow')}</p>`;
  return {
    textHtml: render(report.text),
    problems: Object.entries(report.problems).map(([id, entry]) => {
      const [result, text] = typeof entry === 'string' ? [null, entry] : entry;
      const name = task?.problems.find((problem) => problem.id === id)?.name || id;
      return { id, name, result, html: render(text) };
    }),
    tests: testViews(report.tests, reader),
  };
}
