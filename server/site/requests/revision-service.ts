/** What pages and the API both do with revisions: show them to those who may see them, and start tests. */

import type { CaseOutcome, Revision } from '../../environments/revisions/port.ts';
import { shortDigest } from '../../environments/revisions/revision-tags.ts';
import { testSentence } from '../../environments/revisions/sample-test-sentences.ts';
import { whyNoMoreJobs } from '../../jobs/job-quota.ts';
import type { Job } from '../../jobs/port.ts';
import type { User } from '../../model/collections.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';

export type RevisionService = ReturnType<typeof createRevisionService>;
/** A revision as one user may see it: what its samples said of other people's courses is only counted. */
export type SeenRevision = Revision & { hidden: number };

export function createRevisionService({ revisions, jobs, courses }: AppDeps) {
  const maySee = (user: User, { task }: CaseOutcome): boolean =>
    task === null || can(user, 'see-staff-details', { course: task.course });

  function seenBy(user: User, revision: Revision): SeenRevision {
    const { test } = revision;
    if (test === null) return { ...revision, hidden: 0 };
    const cases = test.cases.filter((one) => maySee(user, one));
    const hidden = test.cases.filter((one) => !maySee(user, one) && one.differences.length > 0).length;
    const pinned = revision.pinned.filter(({ course }) => can(user, 'see-staff-details', { course }));
    return { ...revision, pinned, hidden, test: { ...test, cases } };
  }

  /** For teachers and operators; null for others, and for an environment that has no history. */
  async function find(user: User, name: string): Promise<SeenRevision[] | null> {
    if (!can(user, 'test-environments', null)) return null;
    try {
      return (await revisions.list(name)).map((one) => seenBy(user, one));
    } catch (error) {
      if (error instanceof GradeportError && error.code === 'not-found') return null;
      throw error;
    }
  }

  async function list(user: User, name: string): Promise<SeenRevision[]> {
    require(user, 'test-environments', 'Revisions are for teachers and operators.');
    return (await revisions.list(name)).map((one) => seenBy(user, one));
  }

  /** Runs in the background; its log names tasks of all courses, so only operators get the lines. */
  async function test(user: User, name: string, digest: string | undefined): Promise<Job> {
    require(user, 'test-environments', 'Running samples is for teachers and operators.');
    const all = await revisions.list(name);
    const waiting = all.find(({ state, here }) => here && (state === 'staged' || state === 'held'));
    const chosen = digest ?? (waiting ?? all.find(({ state }) => state === 'current'))?.digest;
    if (chosen === undefined)
      throw new GradeportError(
        'conflict',
        `No revision of "${name}" grades or waits: name one by its digest.`,
      );
    const tooMany = whyNoMoreJobs(jobs, user);
    if (tooMany !== null) throw new GradeportError('busy', tooMany);
    const lines = can(user, 'operate', null);
    const title = `Test ${name} ${shortDigest(chosen)}`;
    return jobs.start({ kind: 'test', title, by: user.name }, async (news, stopped) => {
      const heard = lines ? news : { ...news, line: () => {} };
      const { cases } = await revisions.test(name, chosen, stopped, heard);
      return { sentence: testSentence(cases), environment: all[0]?.name ?? name };
    });
  }

  async function environmentOf(course: string, task: string): Promise<string> {
    const found = await courses.task(course, task);
    if (found?.environment) return found.environment;
    throw new GradeportError('not-found', `There is no task "${course}/${task}" that an environment grades.`);
  }

  return { find, list, test, environmentOf };
}

export function requireOperator(user: User): void {
  require(user, 'operate', 'Only operators decide which revision grades.');
}

function require(user: User, action: 'operate' | 'test-environments', sentence: string): void {
  if (!can(user, action, null)) throw new GradeportError('denied', sentence);
}
