import type { z } from 'zod';
import { GradeportError } from '../rules/errors.ts';

/** Checks an input; fails with code "usage" and a sentence that names the wrong field. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown, say = firstFault): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new GradeportError('usage', say(parsed.error), { cause: parsed.error });
}

function firstFault({ issues: [first] }: z.ZodError): string {
  const field = first?.path.join('.') || 'the body';
  return `The request is malformed at "${field}": ${first?.message ?? 'unexpected'}.`;
}
