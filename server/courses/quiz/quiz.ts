/**
 * Grades tasks without a container: multiple choice and match. Field by field the report of INGInious' own agent for
 * such tasks, which recorded results are compared with: its English phrases, and the line ends between all, are
 * therefore a format.
 */
import type { Report } from '../../../grading-api/report.ts';
import type { SubmittedAnswer, SubmittedAnswers } from '../../model/answers.ts';
import { type ChoiceProblem, isJudged, type MatchProblem, type Problem, type Task } from '../task.ts';
import { problemsIn } from '../translations/localise.ts';
import { ENGLISH, type QuizPhrases } from './quiz-phrases.ts';

export type QuizContext = {
  /** The student's language, for the task's own messages if they are translated. */
  lang?: string;
  /** The language of Gradeport's own words: the student's, or English where results are compared. */
  phrases?: QuizPhrases;
  /** The state after the last submission; a quiz that cannot be graded keeps it. */
  state?: string;
};

export type Quiz = Pick<Task, 'problems' | 'translations'>;
/** `invalid` counts choices: wrong ones that were chosen, and right ones that were not. null: no messages, no entry. */
type Judged = { right: boolean; invalid: number; messages: string[] };

export function gradeQuiz(
  task: Quiz,
  answers: SubmittedAnswers,
  { lang = 'en', state = '', phrases = ENGLISH }: QuizContext = {},
): Report {
  const all = problemsIn(task, lang);
  if (all.length === 0) return ungraded('crashed', phrases.noProblems, state);
  const problems = all.filter(isJudged);
  const judged = problems.flatMap((problem) => {
    const each = judge(problem, answers.get(problem.id), phrases);
    return each ? [{ id: problem.id, ...each }] : [];
  });
  if (judged.length < problems.length || judged.length === 0)
    return ungraded('crash', phrases.notAQuiz, state);
  const wrong = judged.filter(({ right }) => !right).length;
  const invalid = judged.reduce((sum, each) => sum + each.invalid, 0);
  const text = [
    ...(wrong > 0 ? [phrases.wrongAnswers(wrong)] : []),
    ...(invalid > 0 ? [phrases.invalidChoices(invalid)] : []),
    ...(problems.length < all.length ? [phrases.leftOut(all.length - problems.length)] : []),
  ];
  const entries = judged
    .filter(({ messages }) => messages.length > 0)
    .map(({ id, right, messages }) => [id, [right ? 'success' : 'failed', messages.join('\n\n')]] as const);
  return {
    ...emptyReport(),
    result: wrong === 0 ? 'success' : 'failed',
    grade: twoDecimals((100 * (judged.length - wrong)) / judged.length),
    text: text.join('\n'),
    problems: Object.fromEntries(entries) as Report['problems'],
    state: stateOf(judged.map(({ id }) => id)),
  };
}

const emptyReport = () => ({ problems: {}, tests: {}, custom: {} });

/** An error of the task, not the student. */
const ungraded = (result: string, text: string, state: string): Report => ({
  ...emptyReport(),
  result,
  grade: 0,
  text,
  state,
});

/** null: the problem needs a program. */
function judge(problem: Problem, answer: SubmittedAnswer | undefined, phrases: QuizPhrases): Judged | null {
  if (problem.type === 'multiple_choice') return judgeChoice(problem, answer, phrases);
  return problem.type === 'match' ? judgeMatch(problem, answer, phrases) : null;
}

function judgeChoice(
  problem: ChoiceProblem,
  answer: SubmittedAnswer | undefined,
  phrases: QuizPhrases,
): Judged {
  const chosen = typeof answer === 'string' ? [answer] : Array.isArray(answer) ? answer : [];
  const isWrong = problem.choices.map(({ valid }, index) => valid !== chosen.includes(String(index)));
  const right = problem.multiple
    ? !isWrong.includes(true)
    : chosen.length === 1 && problem.choices.some(({ valid }, index) => valid && chosen[0] === String(index));
  const invalid = problem.multiple ? isWrong.filter(Boolean).length : Number(!right);
  const feedbacks = chosen.map((index) => problem.choices[Number(index)]?.feedback ?? null);
  const messages = [phraseOf(problem, right, phrases), ...feedbacks].filter((message) => message !== null);
  return { right, invalid, messages };
}

/** A right choice gets no praise, unless the task has words for it; a right match does. */
function phraseOf(problem: ChoiceProblem, right: boolean, phrases: QuizPhrases): string | null {
  if (right) return problem.successMessage;
  if (problem.errorMessage !== null || problem.centralize) return problem.errorMessage;
  return problem.multiple ? phrases.wrongOfSeveral : phrases.wrong;
}

function judgeMatch(
  { answer: expected, centralize }: MatchProblem,
  answer: SubmittedAnswer | undefined,
  phrases: QuizPhrases,
): Judged {
  const right = typeof answer === 'string' && pythonStrip(answer) === expected;
  return { right, invalid: 0, messages: centralize ? [] : [right ? phrases.correct : phrases.wrong] };
}

/** Unlike trim(), Python's strip() removes the separators 1C to 1F and NEL, and keeps the byte order mark. */
const isSpace = (unit: string | undefined): boolean =>
  unit !== undefined &&
  unit !== '\uFEFF' &&
  (/\s/.test(unit) || '\u001C\u001D\u001E\u001F\u0085'.includes(unit));

/** Character by character: one regular expression for both ends takes seconds for a long row of spaces inside. */
function pythonStrip(text: string): string {
  let [start, end] = [0, text.length];
  while (isSpace(text[start])) start += 1;
  while (end > start && isSpace(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

/** Rounds as Python does: a grade exactly in the middle goes to the even digit (3.125 is 3.12). */
function twoDecimals(grade: number): number {
  const cents = grade * 100;
  const isMiddle = cents % 1 === 0.5;
  return (isMiddle ? 2 * Math.round(cents / 2) : Math.round(cents)) / 100;
}

/** Problem id → its state, always empty for these types; spaced and escaped as Python writes JSON. */
const stateOf = (ids: readonly string[]): string => `{${ids.map((id) => `${asciiJson(id)}: ""`).join(', ')}}`;
const asciiJson = (text: string): string =>
  JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
