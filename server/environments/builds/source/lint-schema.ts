/** A message of the lint, as verbs return it. */
import { z } from 'zod';
import type { LintMessage } from '../dockerfile/facts.ts';

export const lintMessageSchema = z.object({
  line: z.int(),
  severity: z.enum(['error', 'warning', 'hint']),
  message: z.string(),
}) satisfies z.ZodType<LintMessage>;
