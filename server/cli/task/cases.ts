/** What is graded again: each sample and each recorded submission of the tasks, and files that cannot be read. */
import { basename } from 'node:path';
import type { FileProblemReport } from '../../courses/task.ts';
import { readRecorded } from '../../samples/recorded.ts';
import { type CheckedRecorded, checkRecorded } from '../../samples/recorded-check.ts';
import { checkSample } from '../../samples/self-check.ts';
import { readEachSample } from '../../samples/task-samples.ts';
import type { Grader } from '../../worker/grade-task.ts';
import type { Found, FoundTask } from '../local/find-tasks.ts';
import { sentences } from '../ui/sentences.ts';

export type Case = {
  /** '' for a task that stands in no course. */
  course: string;
  task: string;
  sample: string;
  run(grader: Grader, stopped: AbortSignal): Promise<CheckedRecorded>;
};
export type Checked = CheckedRecorded & { course: string };

export async function casesOf({ tasks, broken }: Found): Promise<Case[]> {
  const faulty = broken.map(({ course, task, file, problems }) =>
    unreadable({ course, task, sample: basename(file) }, problems),
  );
  return [...faulty, ...(await Promise.all(tasks.map(casesOfTask))).flat()];
}

async function casesOfTask({ task, common }: FoundTask): Promise<Case[]> {
  const [samples, recorded] = await Promise.all([readEachSample(task.folder), readRecorded(task.folder)]);
  const about = (sample: string) => ({ course: task.course, task: task.id, sample });
  return [
    ...samples.map((file): Case => {
      if ('problems' in file) return unreadable(about(file.name), file.problems);
      const run: Case['run'] = async (grader, stopped) => ({
        ...(await checkSample(grader, common, task, file.sample, stopped)),
        notes: [],
      });
      return { ...about(file.name), run };
    }),
    ...recorded.map((file): Case => {
      if ('problems' in file) return unreadable(about(basename(file.name)), file.problems);
      const { recorded: one } = file;
      return {
        ...about(file.name),
        run: (grader, stopped) => checkRecorded(grader, common, task, one, stopped),
      };
    }),
  ];
}

function unreadable(about: Omit<Case, 'run'>, problems: FileProblemReport[]): Case {
  const { task, sample } = about;
  const checked = { task, sample, differences: [sentences(problems)], notes: [], outcome: null };
  return { ...about, run: async () => checked };
}
