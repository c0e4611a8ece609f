/** One question of a task as its form shows it. Never tells which choice is right or what a match expects. */
import type { ProblemView } from '../../../web/view-models.ts';
import { shownChoices } from '../../courses/choices.ts';
import { renderInline, renderRst } from '../../courses/rst.ts';
import type { ChoiceProblem, Problem } from '../../courses/task.ts';
import type { SubmittedAnswer } from '../../grading/verbs.ts';
import type { Answer } from '../../store/collections.ts';

/** What to start from: an answer given before, or just now. */
export type GivenAnswer = Answer | SubmittedAnswer | undefined;

export type ProblemContext = {
  given: GivenAnswer;
  error: string | null;
  maxUploadBytes: number;
  seed: string;
};

export function problemView(problem: Problem, context: ProblemContext): ProblemView {
  const { given } = context;
  const text = typeof given === 'string' ? given : null;
  return {
    ...blank(problem),
    value: text ?? (isCode(problem) ? problem.default : ''),
    ...(isCode(problem) && {
      isCode: problem.type === 'code',
      isLine: problem.type === 'code_single_line',
      language: problem.language,
      firstLine: problem.firstLine,
      optional: problem.optional,
      original: problem.default,
    }),
    ...(problem.type === 'file' && {
      isFile: true,
      accept: problem.extensions.join(','),
      maxBytes: Math.min(problem.maxBytes ?? context.maxUploadBytes, context.maxUploadBytes),
    }),
    ...(problem.type === 'match' && { isMatch: true }),
    ...(problem.type === 'multiple_choice' && {
      isChoice: true,
      multiple: problem.multiple,
      choices: choiceViews(problem, given, context.seed),
    }),
    error: context.error,
  };
}

function isCode(problem: Problem): problem is Extract<Problem, { default: string }> {
  return problem.type === 'code' || problem.type === 'code_single_line';
}

function blank(problem: Problem): ProblemView {
  return {
    id: problem.id,
    name: problem.name,
    headerHtml: renderRst(problem.header),
    isCode: false,
    isLine: false,
    isFile: false,
    isChoice: false,
    isMatch: false,
    language: '',
    firstLine: 1,
    optional: false,
    value: '',
    original: '',
    multiple: false,
    choices: [],
    accept: '',
    maxBytes: null,
    error: null,
  };
}

function choiceViews(problem: ChoiceProblem, given: GivenAnswer, seed: string): ProblemView['choices'] {
  const chosen = new Set(typeof given === 'string' || Array.isArray(given) ? [given].flat() : []);
  return shownChoices(problem, seed).map(({ index }) => ({
    index: String(index),
    html: renderInline(problem.choices[index]?.text ?? ''),
    checked: chosen.has(String(index)),
  }));
}
