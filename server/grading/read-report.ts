/** Reads the grader's feedback object; what is wrong with it is a sentence for the teacher. */
import { type Report, reportSchema } from '../../grading-api/report.ts';

export type ReadReport = { report: Report; fault: null } | { report: null; fault: string };

const MAX_FAULTS = 5;

export function readReport(feedback: unknown): ReadReport {
  const parsed = reportSchema.safeParse(feedback);
  if (parsed.success) return { report: parsed.data, fault: null };
  const faults = parsed.error.issues
    .slice(0, MAX_FAULTS)
    .map((issue) => `${issue.path.map(String).join('.') || 'feedback'}: ${issue.message}`);
  return { report: null, fault: `The grader's feedback is malformed: ${faults.join('; ')}.` };
}

/** Keeps what can be kept of feedback that came before a run was ended. */
export const readPartialReport = (feedback: unknown): Report | null => {
  const parsed = reportSchema.safeParse(feedback);
  return parsed.success ? parsed.data : null;
};
