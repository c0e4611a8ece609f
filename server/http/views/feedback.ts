/** A grader's report, ready to show: the same on the page and in the live room. */
import type { Report } from '../../../grading-api/report.ts';
import type { FeedbackView } from '../../../web/view-models.ts';
import { renderRst } from '../../courses/rst.ts';
import { sanitiseHtml } from '../../courses/rst-sanitise.ts';
import type { Task } from '../../courses/task.ts';

/** A hundred texts that are each slow to read would keep everybody waiting. */
const PATIENCE_MS = 1000;

export function feedbackView(report: Report, task: Task | null): FeedbackView {
  const end = performance.now() + PATIENCE_MS;
  const toHtml = task?.htmlFeedback ? sanitiseHtml : renderRst;
  const render = (text: string): string =>
    performance.now() < end ? toHtml(text) : '<p>This feedback takes too long to show.</p>';
  return {
    textHtml: render(report.text),
    problems: Object.entries(report.problems).map(([id, entry]) => {
      const [result, text] = typeof entry === 'string' ? [null, entry] : entry;
      const name = task?.problems.find((problem) => problem.id === id)?.name || id;
      return { id, name, result, html: render(text) };
    }),
    tests: Object.entries(report.tests).map(([name, value]) =>
      // A free tag's name is made up; what it says is its value.
      name.startsWith('*auto-tag-')
        ? { name: wordOf(value), passed: null, text: '' }
        : { name, ...testView(value) },
    ),
  };
}

/** A test is a word, a number, whether it passed, or a list of those: [passed, what it says …]. */
function testView(value: Report['tests'][string]): { passed: boolean | null; text: string } {
  if (typeof value === 'boolean') return { passed: value, text: '' };
  if (!Array.isArray(value)) return { passed: null, text: value === null ? '' : String(value) };
  const [first, ...rest] = value;
  if (typeof first === 'boolean') return { passed: first, text: rest.map(wordOf).join(' ') };
  return { passed: null, text: value.map(wordOf).join(' ') };
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
