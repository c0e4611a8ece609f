/** Multipart forms, kept in memory and within bounds that are enforced while the form is read. */
import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { z } from 'zod';
import { type AnswerLimits, mostBytesOfAll } from '../../courses/answer-sizes.ts';
import type { Task } from '../../courses/task.ts';
import type { SubmittedAnswer } from '../../model/answers.ts';
import { parseInput } from '../../model/parse-input.ts';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';

export type UploadLimits = { maxUploadBytes: number; maxTextBytes: number };
export const answerLimits = ({ maxUploadBytes: maxFileBytes, maxTextBytes }: UploadLimits): AnswerLimits => ({
  maxFileBytes,
  maxTextBytes,
});
export type Answers = Map<string, SubmittedAnswer>;

/** Form fields and files of an answer are called answer.<problem id>. */
const PREFIX = 'answer.';
/** Boundaries, part headers and field names of a form. */
const OVERHEAD_BYTES = 256 * 1024;
const MAX_FIELDS = 2000;

const valueSchema = z.union([z.string(), z.array(z.string())]);

export async function readForm(
  req: Request,
  res: Response,
  task: Task,
  limits: UploadLimits,
): Promise<Answers> {
  const fileFields = task.problems.filter(({ type }) => type === 'file').map(({ id }) => PREFIX + id);
  const most = mostBytesOfAll(task.problems, answerLimits(limits));
  // A form writes each line end as two bytes.
  checkLength(req, most.files + 2 * most.texts + OVERHEAD_BYTES);
  await parse(req, res, limits, fileFields);
  return new Map([...textAnswers(req.body, task), ...fileAnswers(req)]);
}

const numbersSchema = z.object({ '@random': z.string().max(100_000).transform(parseNumbers) });

function parseNumbers(text: string): number[] {
  try {
    return z.array(z.number()).parse(JSON.parse(text));
  } catch {
    throw new GradeportError('usage', 'The field "@random" is not what the page of the task has in it.');
  }
}

/** The "@random" numbers that the page showed; undefined: a program sent the form. Call after `readForm`. */
export const shownNumbers = ({ body }: Request): number[] | undefined =>
  numbersSchema.safeParse(body).data?.['@random'];

const askedSchema = z.object({ environment: z.string().max(200).optional() });

/** The environment that a submission asks for, in a form or in JSON; undefined: the task's own. Call after reading. */
export const askedEnvironment = ({ body }: Request): string | undefined =>
  parseInput(askedSchema, body ?? {}).environment || undefined;

function checkLength(req: Request, mostBytes: number): void {
  const length = Number(req.headers['content-length'] ?? Number.NaN);
  if (Number.isNaN(length)) throw new GradeportError('usage', 'A form must say its Content-Length.');
  if (length <= mostBytes) return;
  throw new GradeportError(
    'too-large',
    `The answers are larger than the limit of ${bytesText(mostBytes)}, which follows from the problems of this task, ` +
      'maxTextBytes and maxUploadBytes.',
  );
}

/** Browsers send file names in UTF-8; multer's own default is latin1. Its types do not know this option. */
const NAMES = { defParamCharset: 'utf8' };

function parse(req: Request, res: Response, limits: UploadLimits, fileFields: string[]): Promise<void> {
  const expected = new Set(fileFields);
  const upload = multer({
    storage: multer.memoryStorage(),
    ...NAMES,
    limits: {
      fileSize: limits.maxUploadBytes,
      fieldSize: limits.maxTextBytes,
      fieldNameSize: 1000,
      files: fileFields.length + 1,
      fields: MAX_FIELDS,
      parts: MAX_FIELDS + fileFields.length + 1,
    },
    fileFilter(_req, { fieldname }, answer) {
      // Each file is expected once; a second one no longer finds its name.
      if (expected.delete(fieldname)) answer(null, true);
      else answer(new MulterError('LIMIT_UNEXPECTED_FILE', fieldname));
    },
  }).any();
  return new Promise((resolve, reject) => {
    upload(req, res, (error: unknown) => (error ? reject(named(error, limits)) : resolve()));
  });
}

/** Names the field and the limit that it broke. */
function named(error: unknown, limits: UploadLimits): unknown {
  if (error instanceof MulterError) return new GradeportError(...sentence(error, limits), { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  return new GradeportError('usage', `The form is malformed: ${message}.`, { cause: error });
}

function sentence(error: MulterError, limits: UploadLimits): ['usage' | 'too-large', string] {
  const field = error.field ?? 'unnamed';
  switch (error.code) {
    case 'LIMIT_FILE_SIZE':
      return [
        'too-large',
        `The file "${field}" is larger than the limit of ${bytesText(limits.maxUploadBytes)}.`,
      ];
    case 'LIMIT_FIELD_VALUE':
      return [
        'too-large',
        `The text "${field}" is larger than the limit of ${bytesText(limits.maxTextBytes)}.`,
      ];
    case 'LIMIT_FILE_COUNT':
    case 'LIMIT_UNEXPECTED_FILE':
      return ['usage', `The file "${field}" is not asked for, or not twice.`];
    default:
      return ['usage', `The form is malformed at "${field}": ${error.message}.`];
  }
}

function* textAnswers(body: unknown, task: Task): Generator<[string, SubmittedAnswer]> {
  for (const [field, given] of Object.entries(body ?? {})) {
    if (!field.startsWith(PREFIX)) continue;
    const id = field.slice(PREFIX.length);
    const value = valueSchema.safeParse(given);
    if (!value.success) throw new GradeportError('usage', `The field "${field}" is not text.`);
    const problem = task.problems.find((one) => one.id === id);
    const many = problem?.type === 'multiple_choice' && problem.multiple;
    // Each form sends an empty one, so that an answer without ticks is still an answer.
    if (many) yield [id, [value.data].flat().filter((index) => index !== '')];
    else if (typeof value.data === 'string') yield [id, value.data];
    else throw new GradeportError('usage', `The field "${field}" is there more than once.`);
  }
}

function* fileAnswers(req: Request): Generator<[string, SubmittedAnswer]> {
  for (const file of Array.isArray(req.files) ? req.files : []) {
    yield [file.fieldname.slice(PREFIX.length), { filename: file.originalname, content: file.buffer }];
  }
}
