/** What the grader of an attack reports about it. */
import { z } from 'zod';
import type { Outcome } from '../server/model/collections.ts';

const saidSchema = z.object({
  /** Exit codes of run_student; null: not reached. */
  build: z.number().nullable(),
  code: z.number().nullable(),
  out: z.string(),
  err: z.string(),
  again: z.string(),
  /** The grader's own files that were changed. */
  touched: z.array(z.string()),
});
export type Said = z.infer<typeof saidSchema>;

/** null when the grader itself did not finish. */
export function saidBy(outcome: Outcome): Said | null {
  const parsed = saidSchema.safeParse(outcome.report.custom['attack']);
  return parsed.success ? parsed.data : null;
}
