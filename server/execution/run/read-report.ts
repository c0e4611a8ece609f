/** Reads the grader's feedback object; a fault in it becomes a sentence for the teacher. */
import { type Report, reportSchema } from '../../../grading-api/report.ts';
import { REPORT_BYTES, REPORT_DEPTH } from '../../../grading-api/voices.ts';
import { bytesText } from '../../text/quantities.ts';

export type ReadReport = { report: Report; fault: null } | { report: null; fault: string };

const MAX_FAULTS = 5;

export function readReport(feedback: unknown): ReadReport {
  if (isDeeper(feedback, REPORT_DEPTH)) {
    return { report: null, fault: `The grader's feedback is nested more than ${REPORT_DEPTH} levels deep.` };
  }
  const parsed = reportSchema.safeParse(withoutOutput(feedback));
  if (parsed.success) {
    const bytes = Buffer.byteLength(JSON.stringify(parsed.data));
    if (bytes <= REPORT_BYTES) return { report: parsed.data, fault: null };
    return {
      report: null,
      fault: `The grader's feedback has ${bytesText(bytes)}; at most ${bytesText(REPORT_BYTES)} are allowed.`,
    };
  }
  const faults = parsed.error.issues
    .slice(0, MAX_FAULTS)
    .map((issue) => `${issue.path.map(String).join('.') || 'feedback'}: ${issue.message}`);
  return { report: null, fault: `The grader's feedback is malformed: ${faults.join('; ')}.` };
}

/** Keys that INGInious' own agent adds to the file: a grader that saves what it once read is not at fault. */
const ADDED = ['stdout', 'stderr', 'archive'];

function withoutOutput(feedback: unknown): unknown {
  if (typeof feedback !== 'object' || feedback === null || Array.isArray(feedback)) return feedback;
  return Object.fromEntries(Object.entries(feedback).filter(([key]) => !ADDED.includes(key)));
}

/** Level by level, because recursion is what a deep report would exhaust. */
function isDeeper(value: unknown, depth: number): boolean {
  let level: unknown[] = [value];
  for (let at = 0; at <= depth; at += 1) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
    if (level.length === 0) return false;
  }
  return true;
}
