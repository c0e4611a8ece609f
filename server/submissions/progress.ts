/** The progress of a learner: counted by the store, without reading what the runs printed. */
import { z } from 'zod';
import type { Course, Task } from '../courses/task.ts';
import type { Condition, Filter, Store } from '../ports/store.ts';
import { VERDICTS } from '../rules/verdict.ts';

export type Learner = {
  /** The owners whose runs are the learner's: themselves and their teams. */
  owners: Condition;
  /** Only staff have debug runs, which do not count as grades: for others no run has to be read to find them. */
  staff: boolean;
};
type Runs = Pick<Store, 'runs'>;
type Rule = Pick<Task, 'evaluate'>;

const ownRuns = ({ owners, staff }: Learner, course: string): Filter => ({
  course,
  userId: owners,
  ...(staff && { debug: { $ne: true } }),
});
/** Runs that count: those that failed through our fault do not. */
const judged = (own: Filter): Filter => ({
  ...own,
  state: 'done',
  'outcome.verdict': { $ne: 'system-error' },
});

/** How many of these tasks are solved. */
export async function countSolved(store: Runs, learner: Learner, course: string, tasks: readonly Task[]) {
  const own = ownRuns(learner, course);
  const solved = await store.runs.group('task', { ...own, 'outcome.verdict': 'success' });
  const isSolved = await Promise.all(
    tasks.map(async ({ id, evaluate }) => {
      if (!solved.has(id) || evaluate === 'best') return solved.has(id);
      return (await lastRun(store, { ...own, task: id }))?.verdict === 'success';
    }),
  );
  return isSolved.filter(Boolean).length;
}

export type Progress = { status: 'new' | 'tried' | 'solved'; grade: number | null };

/** Progress of each task that was tried. */
export async function progressOf(
  store: Runs,
  learner: Learner,
  course: Pick<Course, 'id' | 'tasks'>,
): Promise<Map<string, Progress>> {
  const own = ownRuns(learner, course.id);
  const lastCounts = new Set(course.tasks.filter(({ evaluate }) => evaluate === 'last').map(({ id }) => id));
  const tried = await store.runs.group('task', own);
  const solved = await store.runs.group('task', { ...own, 'outcome.verdict': 'success' });
  const progress = [...tried.keys()].map(async (task): Promise<[string, Progress]> => {
    if (lastCounts.has(task)) return [task, progressIn(await lastRun(store, { ...own, task }))];
    const grade = await bestGrade(store, { ...own, task });
    return [task, { status: solved.has(task) ? 'solved' : 'tried', grade }];
  });
  return new Map(await Promise.all(progress));
}

const progressIn = (run: JudgedRun | null): Progress => ({
  status: run?.verdict === 'success' ? 'solved' : 'tried',
  grade: run?.grade ?? null,
});

/** The run whose grade counts: the best one (of equals the newer), or the last. */
export async function countedRun(
  store: Runs,
  learner: Learner,
  { course, id, evaluate }: Pick<Task, 'course' | 'id'> & Rule,
): Promise<JudgedRun | null> {
  const own = { ...ownRuns(learner, course), task: id };
  if (evaluate === 'last') return lastRun(store, own);
  const best = await bestGrade(store, own);
  if (best === null) return null;
  return newest(store, { ...judged(own), 'outcome.grade': best });
}

async function bestGrade(store: Runs, own: Filter): Promise<number | null> {
  const grades = await store.runs.group('outcome.grade', judged(own));
  return grades.size === 0 ? null : Math.max(...[...grades.keys()].map(Number));
}

const lastRun = (store: Runs, own: Filter): Promise<JudgedRun | null> => newest(store, judged(own));

async function newest(store: Runs, filter: Filter): Promise<JudgedRun | null> {
  const [row] = await store.runs.pluck(['id', 'outcome.verdict', 'outcome.grade'], filter, {
    sort: { queuedAt: -1 },
    limit: 1,
  });
  if (!row) return null;
  const [id, verdict, grade] = judgedRow.parse(row);
  return { id, verdict, grade };
}

const judgedRow = z.tuple([z.string(), z.enum(VERDICTS), z.number()]);
export type JudgedRun = { id: string; verdict: (typeof VERDICTS)[number]; grade: number };
