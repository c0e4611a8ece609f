/** Grades a recorded submission again and compares: the proof that a course grades here as it did on INGInious. */
import { isDeepStrictEqual } from 'node:util';
import type { Task } from '../courses/task.ts';
import type { Outcome } from '../model/collections.ts';
import type { Grader } from '../worker/grade-task.ts';
import { toGraderInput } from '../worker/grader-input.ts';
import type { Recorded, RecordedResult } from './recorded.ts';
import { gradeOnce, sampleCircumstances } from './self-check.ts';

/** A difference that does not change the result: other words, another compiler's messages, other tags. */
export type Note = { what: string; recorded: unknown; got: unknown };
export type CheckedRecorded = {
  task: string;
  sample: string;
  differences: string[];
  notes: Note[];
  outcome: Outcome | null;
};

export async function checkRecorded(
  grader: Grader,
  common: string | null,
  task: Task,
  recorded: Recorded,
  stopped: AbortSignal,
): Promise<CheckedRecorded> {
  const about = { task: task.id, sample: recorded.name, notes: [] };
  const circumstances = { ...sampleCircumstances, username: recorded.username, at: new Date() };
  const given = toGraderInput(recorded.answers, circumstances);
  const input = { ...given, input: { ...given.input, ...recorded.extra } };
  const graded = await gradeOnce(grader, { task, common, input, name: recorded.name }, stopped);
  if ('fault' in graded) return { ...about, outcome: null, differences: [graded.fault] };
  return { ...about, ...graded, ...compareRecorded(recorded.was, graded.outcome) };
}

export function compareRecorded(
  was: RecordedResult,
  outcome: Outcome,
): { differences: string[]; notes: Note[] } {
  const differences: string[] = [];
  if (was.result !== null && was.result !== outcome.result) {
    differences.push(
      `expected result ${was.result}, got ${outcome.result}: ${outcome.summary} ${outcome.details}`.trim(),
    );
  }
  // INGInious also keeps two decimals.
  if (was.grade !== null && Math.abs(was.grade - outcome.grade) > 0.0051) {
    differences.push(`expected grade ${was.grade}, got ${outcome.grade}`);
  }
  const problems = compareProblems(was, outcome);
  return {
    differences: [...differences, ...problems.differences],
    notes: [...problems.notes, ...notesOf(was, outcome)],
  };
}

function compareProblems(was: RecordedResult, { report }: Outcome) {
  const differences: string[] = [];
  const notes: Note[] = [];
  for (const id of new Set([...Object.keys(was.problems), ...Object.keys(report.problems)])) {
    const before = was.problems[id] ?? { result: null, text: '' };
    const entry = report.problems[id] ?? '';
    const [result, text] = Array.isArray(entry) ? entry : [null, entry];
    // If only a text was recorded, there is no result to compare with.
    const isUnknown = before.result === null && id in was.problems;
    if (before.result !== result && !isUnknown) {
      differences.push(`problem ${id}: expected ${before.result ?? 'none'}, got ${result ?? 'none'}`);
    }
    notes.push(...noteOf(`problems.${id}`, before.text, text));
  }
  return { differences, notes };
}

function notesOf(was: RecordedResult, { report, output }: Outcome): Note[] {
  return [
    ...noteOf('text', was.text, report.text),
    ...noteOf('tests', was.tests && withoutNumbers(was.tests), withoutNumbers(report.tests)),
    ...noteOf('custom', was.custom, report.custom),
    ...noteOf('state', was.state, report.state),
    // Recorded for debug runs only; the two are one text here.
    ...[was.stdout, was.stderr]
      .filter((text) => text !== null && !output.head.includes(text.trim()))
      .map((text) => ({ what: 'output', recorded: text, got: output.head })),
  ];
}

function noteOf(what: string, recorded: unknown, got: unknown): Note[] {
  const isSame =
    typeof recorded === 'string' && typeof got === 'string'
      ? recorded.trimEnd() === got.trimEnd()
      : isDeepStrictEqual(recorded, got);
  return recorded === null || isSame ? [] : [{ what, recorded, got }];
}

/** INGInious gives automatic tags random numbers as keys. */
function withoutNumbers(tests: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(tests);
  const automatic = entries.filter(([key]) => key.startsWith('*auto-tag-')).map(([, value]) => String(value));
  const named = entries.filter(([key]) => !key.startsWith('*auto-tag-'));
  return {
    ...Object.fromEntries(named),
    ...(automatic.length > 0 ? { '*auto-tag-*': automatic.sort() } : {}),
  };
}
