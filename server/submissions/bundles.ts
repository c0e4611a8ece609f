/** The files that a submission is graded with, and which of them are still needed. */
import { isDeepStrictEqual } from 'node:util';
import { readBundledTask } from '../courses/read-task.ts';
import { type Course, type Task, USUAL_ENVIRONMENTS } from '../courses/task.ts';
import type { Bundles } from '../model/collections.ts';
import type { Store } from '../ports/store.ts';
import type { TaskFiles } from '../ports/task-files.ts';
import { GradeportError } from '../rules/errors.ts';
import { whenAllEnded } from '../rules/turns.ts';

/** null: the task cannot be kept. Fails with "conflict" where its task.yaml is another one than its page was made of. */
export async function bundlesOf(
  files: Pick<TaskFiles, 'keep' | 'folder'>,
  { common }: Course,
  task: Task,
): Promise<Bundles | null> {
  const [kept, shared] = await whenAllEnded([
    files.keep(task.folder),
    common === null ? null : files.keep(common),
  ]);
  if (kept === null) return null;
  await checkUnchanged(files, task, kept);
  if (common === null) return { task: kept, common: null };
  return shared === null ? { task: kept } : { task: kept, common: shared };
}

/** The bundle that was compared last with a task: most submissions meet the same two again. */
const compared = new WeakMap<Task, string>();

/**
 * A task may have been read a second ago, and be kept while git or an editor writes its file anew: half a file would be
 * graded as a task with fewer problems, or not at all.
 */
async function checkUnchanged(files: Pick<TaskFiles, 'folder'>, task: Task, kept: string): Promise<void> {
  if (compared.get(task) === kept) return;
  const folder = await files.folder(kept, task.folder);
  const place = { course: task.course, common: null, defaults: USUAL_ENVIRONMENTS };
  const read = await readBundledTask(folder, place);
  if ('problems' in read || !isDeepStrictEqual(whatIsAsked(read.task), whatIsAsked(task)))
    throw new GradeportError(
      'conflict',
      'This task was changed a moment ago. Nothing was submitted; try again in a moment.',
    );
  compared.set(task, kept);
}

/** What course.yaml and the configuration do not change. */
const whatIsAsked = ({ problems, limits, runCommand, network, random }: Task) => ({
  problems,
  limits,
  runCommand,
  network,
  random,
});

const PAGE = 500;

/**
 * Whether a submission, and so a run, names these bytes: as a bundle or, if they are the same by chance or on purpose,
 * as an uploaded file.
 */
export function namedBySubmissions(store: Pick<Store, 'submissions'>): (bundle: string) => Promise<boolean> {
  let uploads: Promise<ReadonlySet<string>> | null = null;
  return async (bundle) => {
    if (await store.submissions.findOne({ 'bundles.task': bundle })) return true;
    if (await store.submissions.findOne({ 'bundles.common': bundle })) return true;
    // This is rare: bundles are made for submissions, and those stay.
    uploads ??= uploadsIn(store);
    return (await uploads).has(bundle);
  };
}

async function uploadsIn({ submissions }: Pick<Store, 'submissions'>): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  let after = '';
  for (;;) {
    const page = await submissions.find({ id: { $gt: after } }, { sort: { id: 1 }, limit: PAGE });
    for (const answer of page.flatMap(({ answers }) => Object.values(answers)))
      if (typeof answer === 'object' && 'blob' in answer) keys.add(answer.blob);
    const last = page.at(-1);
    if (last === undefined) return keys;
    after = last.id;
  }
}
