import type { z } from 'zod';
import { GradeportError } from '../rules/errors.ts';

/** Fails with code "usage", naming the field that is wrong. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || 'the body';
  throw new GradeportError(
    'usage',
    `The request is malformed at "${field}": ${issue?.message ?? 'unexpected'}.`,
  );
}
