/** The problems of a task file, by type. */
import { z } from 'zod';
import { nearest } from '../../text/nearest.ts';
import type { Choice, Problem } from '../task.ts';
import {
  choiceOf,
  count,
  countFromOne,
  expected,
  flag,
  pythonText,
  text,
  wants,
  words,
} from '../yaml/values.ts';

/** Names that INGInious used before 0.5 and that hundreds of real tasks still use. */
const OLD_TYPES: Record<string, string> = {
  'code-single-line': 'code_single_line',
  'multiple-choice': 'multiple_choice',
  'code-file': 'file',
};
const TYPES = ['code', 'code_single_line', 'file', 'multiple_choice', 'match'];

const typeSchema = choiceOf(TYPES)();
const newType = (value: unknown): unknown =>
  typeof value === 'string' && Object.hasOwn(OLD_TYPES, value) ? OLD_TYPES[value] : value;

/** Types in public courses. "math" is too close to "match": otherwise it would count as a mistake. */
const PLUGIN_TYPES = ['math', 'blockly', 'network-trace', 'parsons', 'permutation', 'matching', 'cloze'];

/** A word close to a known one is a mistake; any other is a plugin's. */
const isPluginType = (type: unknown): type is string =>
  typeof type === 'string' &&
  (PLUGIN_TYPES.includes(type) || (/^[\w-]{1,100}$/.test(type) && nearest(type, TYPES) === null));

const common = { name: text(''), header: text('') };

const code = z.object({
  ...common,
  language: text(''),
  default: text(''),
  optional: flag(false),
  offset: countFromOne(1),
});

/** Whatever else a plugin's problem contains, its name and its text can be shown. */
const plugin = z.object({
  ...common,
  language: text('').catch(''),
});

/** 0 has always meant "the platform's limit". */
const file = z.object({
  ...common,
  max_size: count(null),
  allowed_exts: words([]),
  optional: flag(false),
});

const choice = z.object(
  { text: text(), valid: flag(false), feedback: text(null) },
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
    error_message: text(null),
    success_message: text(null),
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

/** INGInious compares with the value as Python prints it; a missing value is the word None. */
const match = z.object({
  ...common,
  answer: z.preprocess((value) => (value === null ? 'None' : value), pythonText()),
  centralize: flag(false),
});

const KEYS: Record<Problem['type'], string[]> = {
  code: Object.keys(code.shape),
  code_single_line: Object.keys(code.shape),
  file: Object.keys(file.shape),
  multiple_choice: [...Object.keys(multipleChoice.shape)],
  match: Object.keys(match.shape),
};
/** INGInious' editor writes these keys for every type. */
const LEFTOVERS = ['type', 'multiple', 'optional', 'limit', 'centralize', 'boxes'];
export const keysOfType = (type: Problem['type']): string[] => [...KEYS[type], ...LEFTOVERS];

export type ProblemReading = { problem: Problem } | { error: z.ZodError };

/** One problem of a file, or zod's errors. */
export function readProblem(id: string, value: unknown): ProblemReading {
  const head = headSchema.safeParse(value);
  if (!head.success) return { error: head.error };
  const type = newType(head.data.type);
  if (isPluginType(type))
    return reading(
      plugin.transform((read) => pluginProblem(id, type, read)),
      value,
    );
  const known = z.object({ type: typeSchema }).safeParse({ type });
  return known.success ? reading(bodyOf(id, known.data.type), value) : { error: known.error };
}

const headSchema = z.object({ type: z.unknown().optional() }, wants('a map with the problem’s type'));

function reading(schema: z.ZodType<Problem>, value: unknown): ProblemReading {
  const read = schema.safeParse(value);
  return read.success ? { problem: read.data } : { error: read.error };
}

function bodyOf(id: string, type: string): z.ZodType<Problem> {
  if (type === 'file') return file.transform((read) => fileProblem(id, read));
  if (type === 'multiple_choice') return multipleChoice.transform((read) => choiceProblem(id, read));
  if (type === 'match') return match.transform((read) => ({ id, type, ...read }));
  const kind = type === 'code' ? 'code' : 'code_single_line';
  return code.transform(({ offset, ...read }) => ({ id, type: kind, ...read, firstLine: offset }));
}

/** Its plugin would ask for a text; so do we. Never required: some plugins' problems have no answer. */
function pluginProblem(id: string, type: string, read: z.infer<typeof plugin>): Problem {
  return { id, type: 'code', ...read, default: '', optional: true, firstLine: 1, plugin: type };
}

function fileProblem(id: string, read: z.infer<typeof file>): Problem {
  const { max_size, allowed_exts, ...rest } = read;
  return { id, type: 'file', ...rest, maxBytes: max_size || null, extensions: allowed_exts };
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

/** Why an id cannot be used; null: it can. Names of our own tables are not valid problem ids. */
export const idFault = (id: string): string | null =>
  ID.test(id) && id !== '__proto__' && id.length <= 200
    ? null
    : expected('an id of letters, digits, ".", "_" and "-"', id);
