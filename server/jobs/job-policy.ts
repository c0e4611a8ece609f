/** Which jobs are accepted, how one begins and ends, and which are kept: rules on values. jobs.ts acts on them. */
import { GradeportError } from '../rules/errors.ts';
import type { Job, JobResult } from './port.ts';

const MAX_TITLE = 200;

/** The error for somebody who asks for one more job; null: it is accepted. */
export function whyRefused(
  { isClosed, waiting }: { isClosed: boolean; waiting: number },
  maxWaiting: number,
): GradeportError | null {
  if (isClosed) return new GradeportError('busy', 'The server is stopping; try again once it is back.');
  if (waiting < maxWaiting) return null;
  return new GradeportError('busy', `${maxWaiting} jobs are waiting already; try again later.`);
}

export const newJob = (about: Pick<Job, 'kind' | 'title' | 'by'>, id: string, now: string): Job => ({
  ...about,
  title: about.title.slice(0, MAX_TITLE),
  id,
  state: 'waiting',
  startedAt: now,
  endedAt: null,
  progress: null,
  result: null,
  error: null,
});

export const isOver = ({ endedAt }: Pick<Job, 'endedAt'>): boolean => endedAt !== null;

/** result: what the work came to. error: the sentence with which it failed. */
export type WorkEnd = { result: JobResult } | { error: string } | 'stopped';

export function ended(end: WorkEnd, now: string): Partial<Job> {
  if (end === 'stopped') return { state: 'stopped', endedAt: now };
  return { ...end, state: 'result' in end ? 'done' : 'failed', endedAt: now };
}

/** The sentence that the job's reader may see; null: the failure is a fault of our own. */
export const sentenceOf = (error: unknown): string | null =>
  error instanceof GradeportError && error.code !== 'internal' ? error.message : null;

export const faultSentence = (errorId: string): string =>
  `Something went wrong on our side. Give the operator this id: ${errorId}.`;

/** @param jobs oldest first; those that have not ended all stay */
export function forgotten(jobs: readonly Pick<Job, 'id' | 'endedAt'>[], keep: number): string[] {
  const over = jobs.filter(isOver);
  return over.slice(0, Math.max(0, over.length - keep)).map(({ id }) => id);
}
