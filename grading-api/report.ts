/**
 * What a grader may report. The format is INGInious' feedback object (result, grade, text, problems,
 * tests, custom, state), so that reports of its graders keep their meaning. Everything here was written by a
 * program in a container: it is parsed, bounded and never trusted to be well formed.
 */
import { z } from 'zod';

const idPattern = /^[\p{L}\p{M}\p{N}._*-]+$/u;
const id = z.string().min(1).max(200).regex(idPattern, 'ids are letters, digits, ".", "_" and "-"');

/** A problem's entry: its text, or [result, text] once the grader set a result for it. */
const problemEntry = z.union([z.string(), z.tuple([z.string().max(100), z.string()])]);

export const reportSchema = z.strictObject({
  result: z.string().max(100).optional(),
  /** Percent; graders may exceed 100 or go below 0, but only up to finite numbers. */
  grade: z.number().min(-1e9).max(1e9).optional(),
  text: z.string().default(''),
  problems: z.record(id, problemEntry).default({}),
  tests: z
    .record(id, z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.unknown())]))
    .default({}),
  custom: z.record(z.string(), z.unknown()).default({}),
  state: z.string().default(''),
});
export type Report = z.infer<typeof reportSchema>;

export const emptyReport: Report = { text: '', problems: {}, tests: {}, custom: {}, state: '' };
