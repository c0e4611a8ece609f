/** A graded submission, as JSON and for people. */
import type { Graded } from '../../execution/execute.ts';
import type { GradedBy } from '../../model/collections.ts';
import { uncountedText } from '../../model/uncounted.ts';
import { bytesText, durationText } from '../../text/quantities.ts';
import { colors, data, harmlessButColoured } from '../ui/terminal.ts';

/** The object of `gradeport grade --json`: its fields are promised. */
export function gradedJson({ outcome, environment }: Graded): Record<string, unknown> {
  const { report, verdict, result, grade, summary, details, timings, used, output } = outcome;
  return {
    verdict,
    result,
    grade,
    summary,
    text: report.text,
    problems: report.problems,
    tests: report.tests,
    custom: report.custom,
    state: report.state,
    details,
    sharedContainer: outcome.sharedContainer,
    output,
    environment: {
      name: environment.name,
      image: environment.image,
      digest: environment.digest,
      runtime: environment.runtime,
    },
    timings,
    used,
    uncounted: outcome.uncounted ?? [],
  };
}

const SHARED =
  'No student container was used. If this grader runs the answer, it runs it beside itself: use run_student.';

const NOT_COUNTED = 'The clock and a limit for each process stood in for what this machine does not count:';

export function printVerdict({ outcome, environment }: Graded): void {
  const { report, verdict, grade, summary, details, timings, used } = outcome;
  const lines: string[] = [];
  const colour = verdict === 'success' ? colors.green : colors.red;
  for (const [id, entry] of Object.entries(report.problems)) {
    const [result, text] = Array.isArray(entry) ? entry : [null, entry];
    lines.push(colors.bold(`${id}${result === null ? '' : `: ${result}`}`), indent(text));
  }
  for (const [name, value] of Object.entries(report.tests)) lines.push(`${name}: ${JSON.stringify(value)}`);
  if (report.text !== '') lines.push(report.text);
  lines.push('', colour(colors.bold(`${verdict} · ${grade} %`)), summary);
  if (details !== '') lines.push(colors.yellow(details));
  if (outcome.uncounted) lines.push(colors.dim(`${NOT_COUNTED} ${uncountedText(outcome.uncounted)}.`));
  if (outcome.sharedContainer) lines.push(colors.dim(SHARED));
  lines.push(
    colors.dim(
      `${placeText(environment)} · start ${durationText(timings.startMs)} · grader ${durationText(timings.graderMs)} · CPU ${durationText(used.cpuMs)} · memory ${bytesText(used.memoryBytes)}`,
    ),
  );
  data(lines.map(harmlessButColoured).join('\n'));
}

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');

/** "default on crun (portable)" */
function placeText({ name, runtime, way }: GradedBy): string {
  if (runtime === null) return name;
  return `${name} on ${runtime}${way ? ` (${way.name})` : ''}`;
}
