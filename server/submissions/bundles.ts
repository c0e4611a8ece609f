/** The files that a submission is graded with, and which of them are still needed. */
import type { Course, Task } from '../courses/task.ts';
import type { Bundles } from '../model/collections.ts';
import type { Store } from '../ports/store.ts';
import type { TaskFiles } from '../ports/task-files.ts';
import { whenAllEnded } from '../rules/turns.ts';

/** null: the task cannot be kept. */
export async function bundlesOf(
  files: Pick<TaskFiles, 'keep'>,
  { common }: Course,
  { folder }: Task,
): Promise<Bundles | null> {
  const [task, shared] = await whenAllEnded([
    files.keep(folder),
    common === null ? null : files.keep(common),
  ]);
  if (task === null) return null;
  if (common === null) return { task, common: null };
  return shared === null ? { task } : { task, common: shared };
}

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
