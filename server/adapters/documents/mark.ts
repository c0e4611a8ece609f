/**
 * The mark of a store into which documents are being imported. They are gathered beside what is there ("load"),
 * compared, and then take its place ("swap"). The mark says which step is next; no server starts on a marked store.
 */
import { z } from 'zod';
import { GradeportError } from '../../rules/errors.ts';

export const markSchema = z.object({
  phase: z.enum(['load', 'swap']),
  /** The command, for people: `store copy /srv/gradeport`. */
  by: z.string(),
  at: z.string(),
});
export type Mark = z.infer<typeof markSchema>;

export const halfDone = (shown: string, { by, at }: Pick<Mark, 'by' | 'at'>): GradeportError =>
  new GradeportError(
    'conflict',
    `"gradeport ${by}" into ${shown} began at ${at} and did not end: run it again, which goes on where it stopped, ` +
      `or give it up with "gradeport store abandon", which leaves what was there before.`,
  );
