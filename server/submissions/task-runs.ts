/** Reads what a student's page of a task needs of their runs: one read, without what the runs printed. */
import { z } from 'zod';
import type { Task } from '../courses/task.ts';
import { RUN_STATES, type Run } from '../model/collections.ts';
import type { Filter, Store } from '../ports/store.ts';
import { VERDICTS } from '../rules/verdict.ts';
import type { Made } from './admission/submission-limit.ts';

const PATHS = ['id', 'submission', 'userId', 'queuedAt', 'state', 'outcome.verdict', 'outcome.grade'];
const rowSchema = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.enum(RUN_STATES),
  z.enum(VERDICTS).nullable(),
  z.number().nullable(),
]);

export type TaskRun = Pick<Run, 'id' | 'submission' | 'userId' | 'queuedAt' | 'state'> & {
  verdict: (typeof VERDICTS)[number] | null;
  grade: number | null;
};

/** Newest first. */
export async function taskRuns({ runs }: Pick<Store, 'runs'>, own: Filter): Promise<TaskRun[]> {
  const rows = await runs.pluck(PATHS, own, { sort: { queuedAt: -1 } });
  return rows.map((row) => {
    const [id, submission, userId, queuedAt, state, verdict, grade] = rowSchema.parse(row);
    return { id, submission, userId, queuedAt, state, verdict, grade };
  });
}

/** The run whose grade counts: the best one (of equals the newer), or the last. */
export function countedOf(runs: readonly TaskRun[], { evaluate }: Pick<Task, 'evaluate'>): TaskRun | null {
  // Runs that failed through our fault do not count.
  const judged = runs.filter(({ state, verdict }) => state === 'done' && verdict !== 'system-error');
  if (evaluate === 'last') return judged[0] ?? null;
  const best = Math.max(...judged.flatMap(({ grade }) => grade ?? []));
  return judged.find(({ grade }) => grade === best) ?? null;
}

/**
 * The submissions of these runs, newest first. A submission and its first run are stored together, at one instant, and
 * neither is removed without the other.
 */
export function submissionsOf(runs: readonly TaskRun[]): Made[] {
  const bySubmission = Map.groupBy(runs, ({ submission }) => submission);
  return [...bySubmission.values()]
    .map((own) => ({
      at: own.at(-1)?.queuedAt ?? '',
      failedByUs: own.some(({ verdict }) => verdict === 'system-error'),
    }))
    .toSorted((one, other) => other.at.localeCompare(one.at));
}
