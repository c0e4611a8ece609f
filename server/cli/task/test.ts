/** gradeport task test: grades the samples and recorded submissions of a task, a course or a repository again. */
import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { defaultEnvironments, loadConfig } from '../../config/config.ts';
import { GradeportError } from '../../rules/errors.ts';
import { mapAtMost } from '../../rules/turns.ts';
import { SAMPLES_AT_ONCE } from '../../samples/self-check.ts';
import type { Grader } from '../../worker/grade-task.ts';
import { type Found, findTasks, withCommonOf } from '../local/find-tasks.ts';
import { openLocalGrader } from '../local/open-executor.ts';
import { INTERRUPTED } from '../ui/exit-codes.ts';
import { untilInterrupted } from '../ui/interrupted.ts';
import { createProgress, harmless, json, talk } from '../ui/terminal.ts';
import { type Case, type Checked, casesOf } from './cases.ts';
import { junitOf } from './junit.ts';
import { isWrong, say, summaryOf, toJson } from './say.ts';

export type TestOptions = { json?: boolean; strict?: boolean; course?: string; junit?: string };

export async function testFolder(folder: string, options: TestOptions): Promise<void> {
  const { json: asJson = false, strict = false, course, junit } = options;
  // A report that cannot be written is known before minutes of grading.
  if (junit !== undefined) await access(dirname(resolve(junit)), constants.W_OK);
  const all = await findTasks(folder, defaultEnvironments(loadConfig({})));
  const found = course === undefined ? all : await withCommonOf(all, course);
  const cases = await casesOf(found);
  if (cases.length === 0) throw nothingToTest(folder);
  const stopped = untilInterrupted().signal;
  await using local = await openLocalGrader(found.tasks.some(({ task }) => task.environment !== null));
  const results = await gradeAll(cases, local.grader, stopped, (checked) => {
    if (!asJson) say(checked, strict);
  });
  if (asJson) json(results.map(toJson));
  if (junit !== undefined) await writeFile(junit, reportOf(results, cases, strict));
  talk(harmless(summaryOf(results, cases.length, { strict, untested: untestedOf(found, cases) })));
  if (results.length < cases.length || results.some((each) => isWrong(each, strict))) process.exitCode = 1;
  if (stopped.aborted) process.exitCode = INTERRUPTED;
}

const nothingToTest = (folder: string): GradeportError =>
  new GradeportError(
    'not-found',
    `${folder} has no samples and no recorded submissions; put YAML files into its samples/ folder, or INGInious’ recorded submissions into test/.`,
  );

/** A sample that hangs is named while it hangs, also in a log. */
const LOOK_MS = 1000;

async function gradeAll(
  cases: readonly Case[],
  grader: Grader,
  stopped: AbortSignal,
  onChecked: (checked: Checked) => void,
): Promise<Checked[]> {
  const progress = createProgress();
  const running = new Set<Case>();
  let done = 0;
  const show = () => {
    const names = [...running].map(({ task, sample }) => `${task}/${sample}`).join(' and ');
    progress.line(harmless(`${done} of ${cases.length}${names === '' ? '' : `, now ${names}`} …`));
  };
  const timer = setInterval(show, LOOK_MS);
  try {
    return await mapAtMost(
      SAMPLES_AT_ONCE,
      cases,
      async (one) => {
        running.add(one);
        const checked = { ...(await one.run(grader, stopped)), course: one.course };
        running.delete(one);
        done += 1;
        progress.end();
        onChecked(checked);
        return checked;
      },
      stopped,
    );
  } finally {
    clearInterval(timer);
    progress.end();
  }
}

function reportOf(results: readonly Checked[], cases: readonly Case[], strict: boolean): string {
  const left = cases.slice(results.length).map(({ task, sample }) => `${task}/${sample}`);
  return junitOf(
    results.map((each) => ({ ...each, wrong: isWrong(each, strict) })),
    left,
  );
}

function untestedOf({ tasks }: Found, cases: readonly Case[]): string[] {
  const key = (course: string, task: string) => `${course}/${task}`;
  const tested = new Set(cases.map(({ course, task }) => key(course, task)));
  return tasks.map(({ task }) => task).flatMap(({ course, id }) => (tested.has(key(course, id)) ? [] : [id]));
}
