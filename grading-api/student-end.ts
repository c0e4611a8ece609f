/** How a student's program ended and what it used: what its agent says, and what its grader is given. */
import { z } from 'zod';

const amount = z.number().min(0);
export const signalNumber = z.int().min(1).max(64);

/** What a student's command used: its processes, memoryBytes that of the largest; what is not known is null. */
export const usedByStudent = z.object({
  cpuMs: amount.nullable(),
  wallMs: amount,
  memoryBytes: amount.nullable(),
  outputBytes: amount,
  /** What the files in the student folder take at its end. */
  diskBytes: amount.nullable(),
});
export type Used = z.infer<typeof usedByStudent>;

/** The limits that a student's program can hit, as the options of run_student and graders name them. */
const limitNames = ['time', 'hard-time', 'memory', 'output', 'disk', 'processes'] as const;
export type LimitName = (typeof limitNames)[number];

/** null: no program was started. */
export const howStudentEnded = usedByStudent
  .extend({
    exitStatus: z.int().nullable(),
    signal: signalNumber.nullable(),
    limit: z.enum(limitNames).nullable(),
  })
  .nullable();
export type HowStudentEnded = z.infer<typeof howStudentEnded>;
