/** Checks whether answers fit the problems of their task. Pure; each error is one sentence for the student. */
import type { AnswerFaults, SubmittedAnswer, SubmittedAnswers, SubmittedFile } from '../model/answers.ts';
import { isUnsafe } from '../text/hostile.ts';
import { bytesText } from '../text/quantities.ts';
import { type AnswerLimits, mostBytesOf } from './answer-sizes.ts';
import type { ChoiceProblem, CodeProblem, FileProblem, Problem, Task } from './task.ts';

/** Accepted answers have the form that graders get: line ends, one or several choices, '' for optional ones. */
export type AnswerCheck =
  | { ok: true; answers: Map<string, SubmittedAnswer> }
  | { ok: false; faults: AnswerFaults };

type Checked = { answer: SubmittedAnswer } | { fault: string };
const MAX_NAME_BYTES = 200;

export function checkAnswers(
  task: Pick<Task, 'problems'>,
  answers: SubmittedAnswers,
  limits: AnswerLimits,
): AnswerCheck {
  const accepted = new Map<string, SubmittedAnswer>();
  const faults: [string, string][] = [];
  for (const problem of task.problems) {
    const checked = checkAnswer(problem, answers.get(problem.id), limits);
    if ('fault' in checked) faults.push([problem.id, checked.fault]);
    else accepted.set(problem.id, checked.answer);
  }
  for (const id of answers.keys()) {
    if (task.problems.some((problem) => problem.id === id)) continue;
    faults.push([id, `This task has no problem “${id.slice(0, 100)}”.`]);
  }
  return faults.length > 0
    ? { ok: false, faults: Object.fromEntries(faults) }
    : { ok: true, answers: accepted };
}

const named = (problem: Problem): string => `“${problem.name || problem.id}”`;
const isFile = (answer: SubmittedAnswer | undefined): answer is SubmittedFile =>
  typeof answer === 'object' && !Array.isArray(answer);

function checkAnswer(problem: Problem, answer: SubmittedAnswer | undefined, limits: AnswerLimits): Checked {
  if (problem.type === 'file') return checkFile(problem, answer, limits);
  if (problem.type === 'multiple_choice') return checkChoice(problem, answer);
  // An empty match is a wrong answer, as in INGInious; a missing one is not an answer.
  const optional = problem.type === 'match' ? answer !== undefined : problem.optional;
  return checkText(problem, answer, optional, limits);
}

function checkText(
  problem: CodeProblem | Problem,
  answer: SubmittedAnswer | undefined,
  optional: boolean,
  limits: AnswerLimits,
): Checked {
  if (answer !== undefined && typeof answer !== 'string') return { fault: `${named(problem)} needs a text.` };
  // A form sends CR LF for each typed line end; shells and compilers fail on it.
  const text = (answer ?? '').replaceAll('\r\n', '\n');
  if (text.trim() === '' && !optional) return { fault: `${named(problem)} has no answer yet.` };
  const bytes = Buffer.byteLength(text);
  const most = mostBytesOf(problem, limits);
  if (bytes > most) return { fault: tooLarge(problem, bytes, most) };
  return { answer: text };
}

function checkChoice(problem: ChoiceProblem, answer: SubmittedAnswer | undefined): Checked {
  if (isFile(answer)) return { fault: `${named(problem)} needs a choice, not a file.` };
  const chosen = [answer ?? []].flat().filter((index) => index !== '');
  const [first] = chosen;
  // "None of them" can be a right or wrong answer if several choices are allowed.
  if (first === undefined && problem.multiple && answer !== undefined) return { answer: [] };
  if (first === undefined) return { fault: `${named(problem)} has no answer yet: choose one.` };
  if (chosen.some((index) => !isChoice(problem, index))) {
    return { fault: `${named(problem)} has ${problem.choices.length} choices; the answer is none of them.` };
  }
  const distinct = [...new Set(chosen)];
  if (problem.multiple) return { answer: distinct };
  if (distinct.length > 1)
    return { fault: `${named(problem)} takes one choice; ${distinct.length} are chosen.` };
  return { answer: first };
}

/** Only the plain form of a number: "1", not "01" or "1.0". */
const isChoice = (problem: ChoiceProblem, index: string): boolean =>
  /^(0|[1-9]\d{0,5})$/.test(index) && Number(index) < problem.choices.length;

function checkFile(problem: FileProblem, answer: SubmittedAnswer | undefined, limits: AnswerLimits): Checked {
  if (answer === undefined || answer === '')
    return problem.optional ? { answer: '' } : { fault: `${named(problem)} has no file yet.` };
  if (!isFile(answer)) return { fault: `${named(problem)} needs a file.` };
  const { filename, content } = answer;
  const nameFault = fileNameFault(filename);
  if (nameFault) return { fault: `${named(problem)}: ${nameFault}` };
  const isAllowed = problem.extensions.some((end) => filename.toLowerCase().endsWith(end.toLowerCase()));
  if (problem.extensions.length > 0 && !isAllowed) {
    return {
      fault: `${named(problem)} takes files ending in ${problem.extensions.join(', ')}; this is “${filename}”.`,
    };
  }
  const maximum = mostBytesOf(problem, limits);
  if (content.byteLength > maximum) return { fault: tooLarge(problem, content.byteLength, maximum) };
  return { answer };
}

function fileNameFault(name: string): string | null {
  if (name === '' || name === '.' || name === '..') return 'the file needs a name.';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    return `the file’s name is longer than ${MAX_NAME_BYTES} bytes.`;
  // Separators would lead to another folder; control characters would forge lines in logs and listings.
  if (/[/\\]/.test(name) || isUnsafe(name)) {
    return 'the file’s name may have no slashes and no control characters.';
  }
  return null;
}

const tooLarge = (problem: Problem, bytes: number, maximum: number): string =>
  `${named(problem)} has ${bytesText(bytes)}; at most ${bytesText(maximum)} are allowed.`;
