/** One question of a task as its form shows it. Never reveals which choice is right or what a match expects. */
import type { FrameView } from '../../../web/framed-views.ts';
import type { ProblemView } from '../../../web/view-models.ts';
import { type ShownTo, shownChoices } from '../../courses/quiz/choices.ts';
import { type ChoiceProblem, isJudged, type Problem } from '../../courses/task.ts';
import { renderLine, renderText } from '../../courses/text/render.ts';
import type { TextPlace } from '../../courses/text/text-place.ts';
import type { SubmittedAnswer } from '../../model/answers.ts';
import type { Answer } from '../../model/collections.ts';

/** The text to start from: an earlier answer, or the one just sent. */
export type GivenAnswer = Answer | SubmittedAnswer | undefined;

export type ProblemContext = {
  given: GivenAnswer;
  error: string | null;
  maxUploadBytes: number;
  shownTo: ShownTo;
  frame: FrameView | null;
  /** Whether it is graded without a container. */
  inQuiz: boolean;
};

export async function problemView(
  place: TextPlace,
  problem: Problem,
  context: ProblemContext,
): Promise<ProblemView> {
  const { given } = context;
  const counts = !context.inQuiz || isJudged(problem);
  const text = typeof given === 'string' ? given : null;
  return {
    ...blank(problem),
    headerHtml: await renderText(place, problem.header),
    frame: context.frame,
    counts,
    value: text ?? (isCode(problem) ? problem.default : ''),
    ...(isCode(problem) && {
      isCode: counts && problem.type === 'code',
      isLine: counts && problem.type === 'code_single_line',
      language: problem.language,
      firstLine: problem.firstLine,
      optional: problem.optional,
      original: problem.default,
    }),
    ...(problem.type === 'file' && {
      isFile: true,
      optional: problem.optional,
      accept: problem.extensions.join(','),
      maxBytes: Math.min(problem.maxBytes ?? context.maxUploadBytes, context.maxUploadBytes),
    }),
    ...(problem.type === 'match' && { isMatch: true }),
    ...(problem.type === 'multiple_choice' && {
      isChoice: true,
      multiple: problem.multiple,
      choices: await choiceViews(place, problem, given, context.shownTo),
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
    headerHtml: '',
    frame: null,
    plugin: 'plugin' in problem ? (problem.plugin ?? null) : null,
    counts: true,
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

function choiceViews(
  place: TextPlace,
  problem: ChoiceProblem,
  given: GivenAnswer,
  shownTo: ShownTo,
): Promise<ProblemView['choices']> {
  const chosen = new Set(typeof given === 'string' || Array.isArray(given) ? [given].flat() : []);
  const views = shownChoices(problem, shownTo).map(async ({ index }) => ({
    index: String(index),
    html: await renderLine(place, problem.choices[index]?.text ?? ''),
    checked: chosen.has(String(index)),
  }));
  return Promise.all(views);
}
