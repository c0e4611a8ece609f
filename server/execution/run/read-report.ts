/** Reads the grader's feedback object; a fault in it becomes a sentence for the teacher, and costs nothing else. */
import type { z } from 'zod';
import { type Report, reportSchema } from '../../../grading-api/report.ts';
import { REPORT_BYTES, REPORT_DEPTH } from '../../../grading-api/voices.ts';
import { bytesText } from '../../text/quantities.ts';

export type ReadReport = {
  report: Report | null;
  /** Why no verdict can come from it, as a sentence. */
  fault: string | null;
  /** What is missing in the report, though it has a verdict, as a sentence. */
  left: string | null;
};

const MAX_FAULTS = 5;

/** Without one of these, what a grader meant is unknown: the run has crashed, and shows the rest of the report. */
const DECIDES = ['result', 'grade'];

export function readReport(feedback: unknown): ReadReport {
  if (isDeeper(feedback, REPORT_DEPTH)) {
    return unusable(`The grader's feedback is nested more than ${REPORT_DEPTH} levels deep.`);
  }
  const own = withoutOutput(feedback);
  const parsed = reportSchema.safeParse(own);
  if (parsed.success) return bounded(parsed.data, null);
  const { issues } = parsed.error;
  const faults = sentenceOf(issues);
  const malformed = `The grader's feedback is malformed: ${faults}.`;
  const rest = reportSchema.safeParse(withoutFaults(own, issues));
  if (!rest.success) return unusable(malformed);
  // An unknown key may be a misspelt one of these, and crashes in INGInious, too.
  if (issues.some(({ path: [name] }) => name === undefined || DECIDES.includes(String(name)))) {
    return { report: bounded(rest.data, null).report, fault: malformed, left: null };
  }
  return bounded(rest.data, `Left out of the grader's feedback: ${faults}.`);
}

function bounded(report: Report, left: string | null): ReadReport {
  const bytes = Buffer.byteLength(JSON.stringify(report));
  if (bytes <= REPORT_BYTES) return { report, fault: null, left };
  const most = bytesText(REPORT_BYTES);
  return unusable(`The grader's feedback has ${bytesText(bytes)}; at most ${most} are allowed.`);
}

const unusable = (fault: string): ReadReport => ({ report: null, fault, left: null });

type Issue = z.core.$ZodIssue;

const sentenceOf = (issues: readonly Issue[]): string =>
  issues
    .slice(0, MAX_FAULTS)
    .map((issue) => `${issue.path.map(String).join('.') || 'feedback'}: ${issue.message}`)
    .join('; ');

/** One bad entry does not cost the others. */
function withoutFaults(feedback: unknown, issues: readonly Issue[]): unknown {
  if (!isObject(feedback)) return feedback;
  const kept = structuredClone(feedback);
  for (const issue of issues) {
    const [name, entry] = issue.path.map(String);
    if (name === undefined) {
      for (const unknown of issue.code === 'unrecognized_keys' ? issue.keys : []) delete kept[unknown];
      continue;
    }
    const holder = kept[name];
    if (entry !== undefined && isObject(holder)) delete holder[entry];
    else delete kept[name];
  }
  return kept;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys that INGInious' own agent adds to the file: a grader that saves what it once read is not at fault. */
const ADDED = ['stdout', 'stderr', 'archive'];

function withoutOutput(feedback: unknown): unknown {
  if (!isObject(feedback)) return feedback;
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
