/** How far a student is: counted by the store, without reading what the runs printed. */
import type { Course } from '../../courses/task.ts';
import type { Filter, Store } from '../../store/port.ts';

/** How many tasks of the course that still exist are solved. */
export async function countSolved(store: Store, userId: string, course: string, tasks: ReadonlySet<string>) {
  const solved = await store.runs.group('task', { course, userId, 'outcome.verdict': 'success' });
  return [...solved.keys()].filter((task) => tasks.has(task)).length;
}

export type Progress = { status: 'new' | 'tried' | 'solved'; grade: number | null };

/** Progress of each task that was tried. */
export async function progressOf(
  store: Store,
  userId: string,
  course: Pick<Course, 'id' | 'tasks'>,
): Promise<Map<string, Progress>> {
  const own = { course: course.id, userId };
  const lastCounts = new Set(course.tasks.filter(({ evaluate }) => evaluate === 'last').map(({ id }) => id));
  const tried = await store.runs.group('task', own);
  const solved = await store.runs.group('task', { ...own, 'outcome.verdict': 'success' });
  const progress = [...tried.keys()].map(async (task): Promise<[string, Progress]> => {
    const done = { ...own, task, state: 'done' };
    const grade = await (lastCounts.has(task) ? lastGrade(store, done) : bestGrade(store, done));
    return [task, { status: solved.has(task) ? 'solved' : 'tried', grade }];
  });
  return new Map(await Promise.all(progress));
}

async function bestGrade(store: Store, done: Filter): Promise<number | null> {
  const grades = await store.runs.group('outcome.grade', done);
  return grades.size === 0 ? null : Math.max(...[...grades.keys()].map(Number));
}

async function lastGrade(store: Store, done: Filter): Promise<number | null> {
  const last = await store.runs.findOne(done, { sort: { queuedAt: -1 } });
  return last?.outcome?.grade ?? null;
}
