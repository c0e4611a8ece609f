/** Pulls, pushes and updates that pages and programs ask for, as jobs: the same for both. */

import { type PullRequest, pull, pulledSentence } from '../../environments/registries/pull.ts';
import { type PushRequest, push } from '../../environments/registries/push.ts';
import type { Job } from '../../jobs/port.ts';
import type { User } from '../../model/collections.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';

/** Registries that are away are given up one by one; nobody waits for all of them. */
export const PATIENCE_MS = 60_000;

/** What comes in from elsewhere grades, and passwords leave the house: that is for those who run it. */
export function requireOperator(user: User): User {
  if (can(user, 'operate', null)) return user;
  throw new GradeportError('denied', 'Registries, and what comes from them, are for operators.');
}

export type SharingJobs = ReturnType<typeof createSharingJobs>;

export function createSharingJobs({ jobs, sharing, updates }: Pick<AppDeps, 'jobs' | 'sharing' | 'updates'>) {
  return {
    pull: (user: User, request: Omit<PullRequest, 'by' | 'from'>): Job =>
      jobs.start(
        { kind: 'pull', title: `Pull ${request.reference}`, by: user.name },
        async (news, stopped) => {
          const pulled = await pull(sharing, { ...request, by: user.name }, news, stopped);
          return { sentence: pulledSentence(pulled), environment: pulled.environment?.name ?? null };
        },
      ),
    push: (user: User, request: PushRequest): Job =>
      jobs.start(
        { kind: 'push', title: `Push ${request.name} to ${request.reference}`, by: user.name },
        async (news, stopped) => {
          const { pinned, image } = await push(sharing, request, news, stopped);
          const sentence = `${image} is in the registry now, as ${pinned}.`;
          return { sentence, environment: (await sharing.find(request.name))?.name ?? null };
        },
      ),
    /** @param names null: all */
    update: (user: User, names: readonly string[] | null): Job =>
      jobs.start(
        {
          kind: 'update',
          title: names === null ? 'Update all' : `Update ${names.join(', ')}`,
          by: user.name,
        },
        updates.work(names, user.name),
      ),
  };
}
