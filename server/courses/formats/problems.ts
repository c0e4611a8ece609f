/** The problems of a task file, by type. */
import { z } from 'zod';
import type { Choice, Problem } from '../task.ts';
import { choiceOf, count, countFromOne, expected, flag, pythonText, text, wants, words } from './values.ts';

/** Names that INGInious had before 0.5 and that hundreds of real tasks still use. */
const OLD_TYPES: Record<string, string> = {
  'code-single-line': 'code_single_line',
  'multiple-choice': 'multiple_choice',
  'code-file': 'file',
};
const TYPES = ['code', 'code_single_line', 'file', 'multiple_choice', 'match'];

const typeSchema = z.preprocess(
  (value) => (typeof value === 'string' ? (OLD_TYPES[value] ?? value) : value),
  choiceOf(TYPES)(),
);

const common = { name: text(''), header: text('') };

const code = z.object({
  ...common,
  language: text(''),
  default: text(''),
  optional: flag(false),
  offset: countFromOne(1),
});

const file = z.object({ ...common, max_size: countFromOne(null), allowed_exts: words([]) });

const choice = z.object(
  { text: text(), valid: flag(false), feedback: text('') },
  wants('a choice: a map with text and, if it is right, valid: true'),
);

const multipleChoice = z
  .object({
    ...common,
    choices: z.array(choice, wants('a list of choices')).min(1, { error: 'expected at least one choice' }),
    multiple: flag(false),
    limit: count(0),
    unshuffle: flag(false),
    centralize: flag(false),
    error_message: text(''),
    success_message: text(''),
  })
  .superRefine((problem, context) => {
    const message = choicesFault(problem);
    if (message) context.addIssue({ code: 'custom', path: message.path, message: message.text });
  });

function choicesFault(problem: { choices: Choice[]; multiple: boolean; limit: number }) {
  const valid = problem.choices.filter((each) => each.valid).length;
  if (valid === 0) return { path: ['choices'], text: 'expected at least one choice with valid: true' };
  if (problem.multiple && problem.limit > 0 && problem.limit < valid) {
    return {
      path: ['limit'],
      text: `expected 0 or at least ${valid}, the number of right choices; got ${problem.limit}`,
    };
  }
  return null;
}

const match = z.object({ ...common, answer: pythonText(), centralize: flag(false) });

export type ProblemReading = { problem: Problem } | { error: z.ZodError };

/** One problem of a file, or what zod found wrong with it. */
export function readProblem(id: string, value: unknown): ProblemReading {
  const head = z.object({ type: typeSchema }, wants('a map with the problem’s type')).safeParse(value);
  if (!head.success) return { error: head.error };
  const body = bodyOf(id, head.data.type).safeParse(value);
  return body.success ? { problem: body.data } : { error: body.error };
}

function bodyOf(id: string, type: string): z.ZodType<Problem> {
  if (type === 'file') return file.transform((read) => fileProblem(id, read));
  if (type === 'multiple_choice') return multipleChoice.transform((read) => choiceProblem(id, read));
  if (type === 'match') return match.transform((read) => ({ id, type, ...read }));
  const kind = type === 'code' ? 'code' : 'code_single_line';
  return code.transform(({ offset, ...read }) => ({ id, type: kind, ...read, firstLine: offset }));
}

function fileProblem(id: string, read: z.infer<typeof file>): Problem {
  const { max_size, allowed_exts, ...rest } = read;
  return { id, type: 'file', ...rest, maxBytes: max_size, extensions: allowed_exts };
}

function choiceProblem(id: string, read: z.infer<typeof multipleChoice>): Problem {
  const { unshuffle, error_message, success_message, ...rest } = read;
  return {
    id,
    type: 'multiple_choice',
    ...rest,
    shuffle: !unshuffle,
    errorMessage: error_message,
    successMessage: success_message,
  };
}

export const ID = /^[\p{L}\p{M}\p{N}._-]+$/u;

/** Why an id cannot be used; null: it can. The names of our own tables are not problem ids. */
export const idFault = (id: string): string | null =>
  ID.test(id) && id !== '__proto__' && id.length <= 200
    ? null
    : expected('an id of letters, digits, ".", "_" and "-"', id);
