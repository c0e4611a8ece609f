/**
 * Grades tasks without a container: multiple choice and match. The report is that of INGInious' agent for
 * such tasks, in our own words: grade by the share of right problems, chosen choices' feedbacks per problem.
 */
import type { Report } from '../../grading-api/report.ts';
import type { Answer } from './answers.ts';
import type { ChoiceProblem, MatchProblem, Problem, Task } from './task.ts';

/** `wrongChoices`: chosen and wrong, or right and not chosen. */
type Judged = { right: boolean; wrongChoices: number; messages: string[] };

export function gradeQuiz(task: Pick<Task, 'problems'>, answers: ReadonlyMap<string, Answer>): Report {
  const judged = task.problems.map((problem) => ({
    id: problem.id,
    ...judge(problem, answers.get(problem.id)),
  }));
  if (judged.length === 0) return nothingToGrade();
  const wrong = judged.filter(({ right }) => !right).length;
  const wrongChoices = judged.reduce((sum, each) => sum + each.wrongChoices, 0);
  const problems = judged
    .filter(({ messages }) => messages.length > 0)
    .map(({ id, right, messages }) => [id, [right ? 'success' : 'failed', messages.join('\n\n')]] as const);
  return {
    result: wrong === 0 ? 'success' : 'failed',
    grade: (100 * (judged.length - wrong)) / judged.length,
    text: summary(wrong, wrongChoices),
    problems: Object.fromEntries(problems) as Report['problems'],
    tests: {},
    custom: {},
    state: stateOf(judged.map(({ id }) => id)),
  };
}

/** INGInious' word: it means that the task is at fault. */
const nothingToGrade = (): Report => ({
  result: 'crashed',
  grade: 0,
  text: 'This task has no problems to grade.',
  problems: {},
  tests: {},
  custom: {},
  state: '{}',
});

function judge(problem: Problem, answer: Answer | undefined): Judged {
  if (problem.type === 'multiple_choice') return judgeChoice(problem, answer);
  if (problem.type === 'match') return judgeMatch(problem, answer);
  // The readers of task files refuse such a task.
  return {
    right: false,
    wrongChoices: 0,
    messages: ['This problem cannot be graded without an environment.'],
  };
}

function judgeChoice(problem: ChoiceProblem, answer: Answer | undefined): Judged {
  const chosen = new Set(typeof answer === 'string' ? [answer] : Array.isArray(answer) ? answer : []);
  const isChosen = (index: number) => chosen.has(String(index));
  const wrongChoices = problem.multiple
    ? problem.choices.filter(({ valid }, index) => valid !== isChosen(index)).length
    : 0;
  const right = problem.multiple
    ? wrongChoices === 0
    : chosen.size === 1 && problem.choices.some(({ valid }, index) => valid && isChosen(index));
  const feedbacks = [...chosen].flatMap((index) => problem.choices[Number(index)]?.feedback || []);
  const phrase = (right ? problem.successMessage : problem.errorMessage) || builtIn(problem, right);
  return { right, wrongChoices, messages: [...(phrase ? [phrase] : []), ...feedbacks] };
}

function judgeMatch(problem: MatchProblem, answer: Answer | undefined): Judged {
  const right = typeof answer === 'string' && answer.trim() === problem.answer;
  const phrase = builtIn(problem, right);
  return { right, wrongChoices: 0, messages: phrase ? [phrase] : [] };
}

function builtIn(problem: ChoiceProblem | MatchProblem, right: boolean): string | null {
  if (problem.centralize) return null;
  if (right) return 'Right.';
  return problem.type === 'multiple_choice' && problem.multiple
    ? 'Not right: choose all that is true and nothing else.'
    : 'Not right.';
}

function summary(wrong: number, wrongChoices: number): string {
  if (wrong === 0) return '';
  const answers = wrong === 1 ? 'One answer is not right.' : `${wrong} answers are not right.`;
  if (wrongChoices === 0) return answers;
  const choices = wrongChoices === 1 ? 'one choice is wrong' : `${wrongChoices} choices are wrong`;
  return `${answers} Where several may be chosen, ${choices}.`;
}

/** Problem id → its state, which is always empty for these types; spaced as Python writes JSON. */
const stateOf = (ids: string[]): string => `{${ids.map((id) => `${JSON.stringify(id)}: ""`).join(', ')}}`;
