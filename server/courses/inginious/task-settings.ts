/** Settings that task.yaml or a course's dispenser_data may contain: the same things under other names. */
import { z } from 'zod';
import type { SubmissionLimit, TaskSettings } from '../task.ts';
import { count, expected, flag, notNegative, wants, wholeNumber, words } from '../yaml/values.ts';
import { ACCESS_EXPECTED, readAccess } from './access.ts';

export const accessSchema = z
  .unknown()
  .optional()
  .transform((value, context) => {
    const access = readAccess(value);
    if (access) return access;
    context.issues.push({ code: 'custom', input: value, message: expected(ACCESS_EXPECTED, value) });
    return z.NEVER;
  });

/** "student" (the student chooses) was removed before 0.7; "best" is the default there and here. */
const evaluate = z
  .unknown()
  .optional()
  .transform((value): TaskSettings['evaluate'] => (value === 'last' ? 'last' : 'best'));

/** -1 stands for "no limit", both for the amount and for the hours. */
const submissionLimit = z
  .object({ amount: wholeNumber(-1), period: wholeNumber(-1) }, wants('a map with amount and period'))
  .nullish()
  .transform((limit): SubmissionLimit | null => {
    if (!limit || limit.amount < 0) return null;
    return { amount: limit.amount, hours: limit.period > 0 ? limit.period : null };
  });

/** The names in task.yaml. */
export const taskSettings = {
  weight: notNegative(1),
  accessible: accessSchema,
  evaluate,
  groups: flag(false),
  stored_submissions: count(0),
  submission_limit: submissionLimit,
  categories: words([]),
};

/** The names in dispenser_data. The task file decides on missing ones. */
const dispensed = z.object(
  {
    weight: notNegative(1),
    accessibility: accessSchema,
    evaluation_mode: evaluate,
    group_submission: flag(false),
    no_stored_submissions: count(0),
    submission_limit: submissionLimit,
    categories: words([]),
  },
  wants('a map of settings'),
);
const TO_TASK: Record<keyof z.infer<typeof dispensed>, keyof TaskSettings> = {
  weight: 'weight',
  accessibility: 'access',
  evaluation_mode: 'evaluate',
  group_submission: 'groups',
  no_stored_submissions: 'storedSubmissions',
  submission_limit: 'submissionLimit',
  categories: 'categories',
};
export const DISPENSED_KEYS = Object.keys(TO_TASK);

/** Only the settings that the map contains. After an error none: the task file's own apply. */
export function readDispensed(value: unknown): { settings: Partial<TaskSettings>; error: z.ZodError | null } {
  const read = dispensed.safeParse(value);
  if (!read.success) return { settings: {}, error: read.error };
  const given = Object.entries(read.data).filter(([key]) => Object.hasOwn(Object(value), key));
  const settings = given.map(([key, setting]) => [TO_TASK[key as keyof typeof TO_TASK], setting]);
  return { settings: Object.fromEntries(settings), error: null };
}
