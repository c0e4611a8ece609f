/** How many jobs one user may have: few run at a time, and all other users wait behind them. */
import { type Actor, can } from '../rules/access.ts';
import { refuse } from '../rules/problems.ts';
import type { Jobs } from './port.ts';

/** The limit for one user, waiting jobs included; operators may have more. */
const MOST_PER_USER = 3;

/** Why this user may not start another job now, in a sentence; null: they may. */
export function whyNoMoreJobs(jobs: Pick<Jobs, 'list'>, actor: Actor): string | null {
  const own = jobs.list().filter(({ by, endedAt }) => by === actor.name && endedAt === null);
  if (own.length < MOST_PER_USER || can(actor, 'operate', null)) return null;
  return `${MOST_PER_USER} jobs of yours are not over yet: wait for one, or stop it.`;
}

export function refuseMoreJobs(jobs: Pick<Jobs, 'list'>, actor: Actor): void {
  const why = whyNoMoreJobs(jobs, actor);
  if (why !== null) refuse('too-many-jobs', { why });
}
