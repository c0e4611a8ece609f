/** gradeport task test: grades the samples and recorded submissions of a task, or of a whole course, again. */
import { basename, resolve } from 'node:path';
import { defaultEnvironments, loadConfig } from '../../config/config.ts';
import { courseReader } from '../../courses/read-course.ts';
import { commonFolder, courseFileOf, readTask, TASK_FILE, taskFileOf } from '../../courses/read-task.ts';
import type { FileProblemReport, Task } from '../../courses/task.ts';
import { GradeportError } from '../../rules/errors.ts';
import { mapAtMost } from '../../rules/turns.ts';
import { readRecorded } from '../../samples/recorded.ts';
import { type CheckedRecorded, checkRecorded } from '../../samples/recorded-check.ts';
import { checkSample, SAMPLES_AT_ONCE } from '../../samples/self-check.ts';
import { readSamples } from '../../samples/task-samples.ts';
import type { Grader } from '../../worker/grade-task.ts';
import { openLocalGrader } from '../local/open-executor.ts';
import { INTERRUPTED } from '../ui/exit-codes.ts';
import { untilInterrupted } from '../ui/interrupted.ts';
import { lineDiff } from '../ui/line-diff.ts';
import { sentences } from '../ui/sentences.ts';
import { colors, createProgress, data, harmless, json, talk } from '../ui/terminal.ts';

export type TestOptions = { json?: boolean; strict?: boolean; course?: string };
type Case = (grader: Grader, stopped: AbortSignal) => Promise<CheckedRecorded>;

const isWrong = ({ differences, notes }: CheckedRecorded, strict: boolean) =>
  differences.length > 0 || (strict && notes.length > 0);

export async function testFolder(folder: string, options: TestOptions) {
  const { json: asJson = false, strict = false, course } = options;
  const read = await readFolder(folder);
  const common = course === undefined ? read.common : await commonFolder(resolve(course));
  const { tasks, broken } = read;
  const cases = [...broken, ...(await Promise.all(tasks.map((task) => casesOf(task, common)))).flat()];
  if (cases.length === 0) {
    const wish = 'put YAML files into its samples/ folder, or INGInious’ recorded submissions into test/.';
    throw new GradeportError('not-found', `${folder} has no samples and no recorded submissions; ${wish}`);
  }
  const stopped = untilInterrupted().signal;
  const progress = createProgress();
  const total = cases.length;
  let done = 0;
  await using local = await openLocalGrader(tasks.some(({ environment }) => environment !== null));
  const check = async (one: Case): Promise<CheckedRecorded> => {
    const checked = await one(local.grader, stopped);
    done += 1;
    progress.end();
    if (!asJson) say(checked, strict);
    if (done < total) progress.line(`${done} of ${total} …`);
    return checked;
  };
  const results = await mapAtMost(SAMPLES_AT_ONCE, cases, check, stopped);
  progress.end();
  if (asJson) json(results.map(toJson));
  talk(summaryOf(results, total, strict));
  if (results.length < total || results.some((each) => isWrong(each, strict))) process.exitCode = 1;
  if (stopped.aborted) process.exitCode = INTERRUPTED;
}

async function readFolder(folder: string): Promise<{ tasks: Task[]; common: string | null; broken: Case[] }> {
  const defaults = defaultEnvironments(loadConfig({}));
  if ((await courseFileOf(folder)) && !(await taskFileOf(folder))) {
    const course = await courseReader(resolve(folder), undefined, defaults).read();
    if (course) {
      const broken = course.broken.map(({ id, problems }) =>
        unreadable(id, problems[0]?.file ?? TASK_FILE, problems),
      );
      return { tasks: course.tasks, common: course.common, broken };
    }
  }
  const read = await readTask(folder, { defaults });
  if ('problems' in read) throw new GradeportError('usage', sentences(read.problems));
  return { tasks: [read.task], common: read.common, broken: [] };
}

async function casesOf(task: Task, common: string | null): Promise<Case[]> {
  const [samples, recorded] = await Promise.all([readSamples(task.folder), readRecorded(task.folder)]);
  return [
    ...('problems' in samples
      ? [unreadable(task.id, 'samples', samples.problems)]
      : samples.samples.map(
          (sample): Case =>
            async (grader, stopped) => ({
              ...(await checkSample(grader, common, task, sample, stopped)),
              notes: [],
            }),
        )),
    ...recorded.map(
      (file): Case =>
        'problems' in file
          ? unreadable(task.id, file.name, file.problems)
          : (grader, stopped) => checkRecorded(grader, common, task, file.recorded, stopped),
    ),
  ];
}

const unreadable =
  (task: string, sample: string, problems: FileProblemReport[]): Case =>
  async () => ({
    task,
    sample: basename(sample),
    differences: [sentences(problems)],
    notes: [],
    outcome: null,
  });

const toJson = ({ task, sample, outcome, differences, notes }: CheckedRecorded) => ({
  task,
  sample,
  verdict: outcome?.verdict ?? null,
  result: outcome?.result ?? null,
  grade: outcome?.grade ?? null,
  differences,
  notes,
});

function say(checked: CheckedRecorded, strict: boolean): void {
  const { task, sample, outcome, differences, notes } = checked;
  const mark = isWrong(checked, strict) ? colors.red('✗') : colors.green('✓');
  const others = notes.length > 0 ? `; other ${notes.map(({ what }) => what).join(', ')}` : '';
  const grade = outcome ? ` (${outcome.grade} %)` : '';
  data(`${mark} ${harmless(task)} ${harmless(sample)}: ${outcome?.verdict ?? 'not graded'}${grade}${others}`);
  for (const difference of differences) data(indented(difference));
  if (!isWrong(checked, strict)) return;
  for (const { what, recorded, got } of notes) {
    data(`    ${what}:`);
    data(indented(lineDiff(shown(recorded), shown(got)).join('\n'), '      '));
  }
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);
const indented = (text: string, by = '    '): string =>
  text
    .split('\n')
    .map((line) => by + harmless(line))
    .join('\n');

function summaryOf(results: CheckedRecorded[], total: number, strict: boolean): string {
  const wrong = results.filter((each) => isWrong(each, strict)).length;
  const others = results.filter(({ notes }) => notes.length > 0).length;
  const words = others > 0 ? ` ${others} with other texts or tags (--strict fails on them).` : '';
  const stopped = results.length < total ? ` Stopped after ${results.length}.` : '';
  return `${results.length - wrong} of ${total} as expected.${words}${stopped}`;
}
