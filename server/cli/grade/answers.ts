/** Answers given on the command line: --answer q1=text, --answer q1=@file, --answers <file>. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import type { Task } from '../../courses/task.ts';
import { textAt } from '../../courses/yaml/text-as-typed.ts';
import { readYaml, type YamlFile } from '../../courses/yaml/yaml-file.ts';
import type { SubmittedAnswer, SubmittedAnswers } from '../../model/answers.ts';
import { GradeportError } from '../../rules/errors.ts';
import { sentences } from '../ui/sentences.ts';

export type GivenInput = {
  answers: SubmittedAnswers;
  /** "@…" keys, and answers to problems that the task does not have: passed to the grader unchanged. */
  extra: Record<string, unknown>;
};

const bytes = z.instanceof(Uint8Array);
const fileSchema = z.union([
  z.object({ filename: z.string(), content: z.string() }),
  z.object({ filename: z.string(), value: z.union([bytes, z.string()]) }),
]);
const answerSchema = z.union([
  z.string(),
  z.null().transform(() => ''),
  z.number().transform(String),
  z.array(z.union([z.string(), z.number().transform(String)])),
  fileSchema.transform(toFile),
]);

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** `content` is base64; INGInious' `value` is bytes (YAML !!binary), or in JSON base64, else plain text. */
function toFile(file: z.infer<typeof fileSchema>): SubmittedAnswer {
  const value = 'content' in file ? file.content : file.value;
  if (typeof value !== 'string') return { filename: file.filename, content: value };
  const packed = value.replace(/\s/g, '');
  return {
    filename: file.filename,
    content: Buffer.from(BASE64.test(packed) ? packed : value, BASE64.test(packed) ? 'base64' : 'utf8'),
  };
}

async function readGiven(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new GradeportError(
      'usage',
      `Cannot read ${path}: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
}

/** A whole input map from a JSON or YAML file. */
export async function readInputFile(path: string, task: Task): Promise<GivenInput> {
  const text = (await readGiven(path)).toString('utf8');
  const yaml = parseYaml(path, text);
  const answers = new Map<string, SubmittedAnswer>();
  const extra: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(mapOf(path, yaml.value))) {
    if (!task.problems.some(({ id }) => id === key)) {
      extra[key] = value;
      continue;
    }
    const parsed = answerSchema.safeParse(textAt(yaml, [key], value));
    if (!parsed.success) {
      throw new GradeportError(
        'usage',
        `${path}: ${key}: an answer is a text, a list of choices, or { filename, content: base64 }.`,
      );
    }
    answers.set(key, parsed.data);
  }
  return { answers, extra };
}

/** The input includes uploads, as base64. */
const MAX_CHARACTERS = 64 * 2 ** 20;

/** Read like INGInious' recorded submissions, whose uploads are YAML's !!binary. JSON is valid YAML. */
function parseYaml(path: string, text: string): YamlFile {
  const yaml = readYaml(text, path, { maxCharacters: MAX_CHARACTERS, strict: true });
  if ('problems' in yaml) throw new GradeportError('usage', sentences(yaml.problems));
  return yaml;
}

function mapOf(path: string, value: unknown): Record<string, unknown> {
  const map = z.record(z.string(), z.unknown()).safeParse(value);
  if (map.success) return map.data;
  throw new GradeportError('usage', `${path}: expected a map of problem ids to answers.`);
}

/** "q1=@path" is a file's content, "q1=text" the text itself; several for one problem are several choices. */
export async function readAnswerOptions(
  given: readonly string[],
  task: Task,
): Promise<Map<string, SubmittedAnswer>> {
  const answers = new Map<string, SubmittedAnswer>();
  for (const entry of given) {
    const at = entry.indexOf('=');
    if (at < 1)
      throw new GradeportError('usage', `--answer ${entry}: expected <problem>=<text> or <problem>=@<file>.`);
    const [id, value] = [entry.slice(0, at), entry.slice(at + 1)];
    const problem = task.problems.find((candidate) => candidate.id === id);
    const answer = value.startsWith('@') ? await fromFile(value.slice(1), problem?.type === 'file') : value;
    answers.set(id, merged(answers.get(id), answer, problem?.type === 'multiple_choice' && problem.multiple));
  }
  return answers;
}

async function fromFile(path: string, isUpload: boolean): Promise<SubmittedAnswer> {
  const content = await readGiven(path);
  return isUpload ? { filename: basename(path), content } : content.toString('utf8');
}

function merged(
  before: SubmittedAnswer | undefined,
  answer: SubmittedAnswer,
  several: boolean,
): SubmittedAnswer {
  if (typeof answer !== 'string') return answer;
  if (before === undefined) return several ? [answer] : answer;
  return [...(Array.isArray(before) ? before : [String(before)]), answer];
}
