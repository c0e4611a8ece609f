/** A report's tests, named as the course names them, as far as this reader may see them. */
import type { Report } from '../../../grading-api/report.ts';
import type { FeedbackView } from '../../../web/view-models.ts';
import type { Course, CourseTag, Task } from '../../courses/task.ts';

type Tests = Report['tests'];
/** Of two tags with the same id, the first counts. */
export type TestReader = { tags: readonly CourseTag[]; staff: boolean };

/** The course's tags take precedence over the task's. */
export const tagsOf = (course: Pick<Course, 'tags'> | null, task: Pick<Task, 'tags'> | null): CourseTag[] => [
  ...(course?.tags ?? []),
  ...(task?.tags ?? []),
];
const byId = (tags: readonly CourseTag[]): ReadonlyMap<string, CourseTag> =>
  new Map(tags.toReversed().map((tag) => [tag.id, tag]));

/** Leaves out tests whose tag the course hides from students. */
export function testsFor(tests: Tests, { tags, staff }: TestReader): Tests {
  if (staff) return tests;
  const known = byId(tags);
  return Object.fromEntries(Object.entries(tests).filter(([id]) => known.get(id)?.visible !== false));
}

export function testViews(tests: Tests, reader: TestReader): FeedbackView['tests'] {
  const tags = byId(reader.tags);
  return Object.entries(testsFor(tests, reader)).flatMap(([id, value]) => {
    // A free tag's name is made up; its value is its text.
    if (id.startsWith('*auto-tag-')) return [{ name: wordOf(value), passed: null, text: '' }];
    const tag = tags.get(id);
    if (tag?.kind === 'misconception' && typeof value === 'boolean') return misconception(tag, value);
    const view = testView(value);
    return [{ name: tag?.name ?? id, ...view, text: view.text || (tag?.description ?? '') }];
  });
}

/** True: the student shows this misconception. False is not displayed. */
const misconception = ({ name, description }: CourseTag, found: boolean): FeedbackView['tests'] =>
  found ? [{ name, passed: null, found: true, text: description }] : [];

/** A test is a word, a number, whether it passed, or a list of those: [passed, text …]. */
function testView(value: Tests[string]): { passed: boolean | null; text: string } {
  if (typeof value === 'boolean') return { passed: value, text: '' };
  if (!Array.isArray(value)) return { passed: null, text: value === null ? '' : String(value) };
  const [first, ...rest] = value;
  if (typeof first === 'boolean') return { passed: first, text: rest.map(wordOf).join(' ') };
  return { passed: null, text: value.map(wordOf).join(' ') };
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
