/** How much long work one person may have waiting: jobs are few at a time, and everybody's are behind them. */
import { type Actor, can } from '../rules/access.ts';
import { refuse } from '../rules/problems.ts';
import type { Jobs } from './port.ts';

/** Of one user at the same time, waiting ones included; operators may more. */
const MOST_PER_USER = 3;

/** Why this user may not begin another one now, in a sentence; null: they may. */
export function whyNoMoreJobs(jobs: Pick<Jobs, 'list'>, actor: Actor): string | null {
  const own = jobs.list().filter(({ by, endedAt }) => by === actor.name && endedAt === null);
  if (own.length < MOST_PER_USER || can(actor, 'operate', null)) return null;
  return `${MOST_PER_USER} jobs of yours are not over yet: wait for one, or stop it.`;
}

export function refuseMoreJobs(jobs: Pick<Jobs, 'list'>, actor: Actor): void {
  const why = whyNoMoreJobs(jobs, actor);
  if (why !== null) refuse('too-many-jobs', { why });
}
