/** The shapes of what is stored about learning platforms: the students they sent, and the grades they are to get. */
import { z } from 'zod';
import { instant } from './instant.ts';

export const ltiFieldsSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
export type LtiFields = z.infer<typeof ltiFieldsSchema>;

/** A launch's nonce, so that it cannot be used twice: kept until its time stamp is too old anyway. */
export const ltiNonceSchema = z.object({ id: z.string(), expiresAt: instant });

/** Where a learning platform takes a grade: its address, its name for student and activity, the key that signs. */
const ltiGradePlaceSchema = z.object({ url: z.string(), sourcedId: z.string(), key: z.string() });
export type LtiGradePlace = z.infer<typeof ltiGradePlaceSchema>;

/** How a student last came to a task from a learning platform. */
export const ltiLaunchSchema = z.object({
  /** ltiLaunchId */
  id: z.string(),
  userId: z.string(),
  at: instant,
  fields: ltiFieldsSchema,
  /** null: the course sends no grades, or the platform takes none for this student (a teacher's own launch). */
  place: ltiGradePlaceSchema.nullable(),
});
export type LtiLaunch = z.infer<typeof ltiLaunchSchema>;
export const ltiLaunchId = (of: { course: string; task: string; userId: string }): string =>
  `${of.course}/${of.task}/${of.userId}`;

/** ungraded: there is no verdict yet. given-up: after too many tries, until the submission is graded again. */
const GRADE_RETURN_STATES = ['ungraded', 'waiting', 'sent', 'given-up'] as const;

/** The grade that a learning platform is to get for one student after a submission of theirs or of their group. */
export const gradeReturnSchema = z.object({
  /** `${submission}/${userId}` */
  id: z.string(),
  submission: z.string(),
  course: z.string(),
  task: z.string(),
  /** The student; for a group's submission one of its members. */
  userId: z.string(),
  place: ltiGradePlaceSchema,
  state: z.enum(GRADE_RETURN_STATES),
  /** Grows with every grading, so that an answer to an earlier grade is not taken for this one's. */
  serial: z.int(),
  tries: z.int(),
  nextAt: instant,
  /** What was last sent, in percent, and when. */
  grade: z.number().nullable(),
  sentAt: instant.nullable(),
  /** Why the platform did not take it, in a sentence for staff. */
  error: z.string().nullable(),
});
export type GradeReturn = z.infer<typeof gradeReturnSchema>;

/** A new grade return: made with a submission, or when a student comes from the platform after it. */
export const newGradeReturn = (
  { id: submission, course, task }: { id: string; course: string; task: string },
  { userId, place }: Pick<GradeReturn, 'userId' | 'place'>,
  nextAt: string,
): GradeReturn => ({
  id: `${submission}/${userId}`,
  submission,
  course,
  task,
  userId,
  place,
  nextAt,
  state: 'ungraded',
  serial: 0,
  tries: 0,
  grade: null,
  sentAt: null,
  error: null,
});
