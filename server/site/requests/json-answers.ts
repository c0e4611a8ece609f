/** Answers as programs send them: JSON, files in base64. */
import { z } from 'zod';
import { mostBytesOfAll } from '../../courses/answer-sizes.ts';
import type { Problem } from '../../courses/task.ts';
import type { SubmittedAnswer } from '../../model/answers.ts';
import { parseInput } from '../../model/parse-input.ts';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';
import { type Answers, answerLimits, type UploadLimits } from './uploads.ts';

const fileSchema = z.strictObject({ filename: z.string().min(1).max(255), content: z.base64() });
const answerSchema = z.union([z.string(), z.array(z.string()).max(1000), fileSchema], {
  error: 'expected text, a list of texts, or {filename, content in base64}',
});
const bodySchema = z.strictObject({
  answers: z.record(z.string().max(200), answerSchema),
  /** Read by askedEnvironment. */
  environment: z.string().max(200).optional(),
});

/**
 * The longest JSON text that can hold the answers to these problems: base64 makes 4 characters of 3 bytes, and escapes
 * make at most 6 of 2, except of control characters, which are few.
 */
export function jsonLimit(problems: readonly Problem[], limits: UploadLimits): number {
  const { files, texts } = mostBytesOfAll(problems, answerLimits(limits));
  return Math.ceil((files * 4) / 3) + 3 * texts + 64 * 1024;
}

export function readJson(body: unknown, limits: UploadLimits): Answers {
  const { answers } = parseInput(bodySchema, body);
  return new Map(Object.entries(answers).map(([id, answer]) => [id, readAnswer(id, answer, limits)]));
}

function readAnswer(id: string, answer: z.infer<typeof answerSchema>, limits: UploadLimits): SubmittedAnswer {
  if (typeof answer === 'object' && !Array.isArray(answer)) {
    const content = Buffer.from(answer.content, 'base64');
    check(`The file "${id}"`, content.length, limits.maxUploadBytes);
    return { filename: answer.filename, content };
  }
  for (const text of [answer].flat()) check(`The text "${id}"`, Buffer.byteLength(text), limits.maxTextBytes);
  return answer;
}

function check(what: string, bytes: number, limit: number): void {
  if (bytes <= limit) return;
  throw new GradeportError('too-large', `${what} is larger than the limit of ${bytesText(limit)}.`);
}
