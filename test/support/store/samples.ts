/** Documents for store tests. */
import type { Outcome, Run, Submission, User } from '../../../server/model/collections.ts';
import type { StoredRevision } from '../../../server/model/revision.ts';

const AT = '2026-11-20T10:00:00.000Z';

export const sampleUser = (id: string, more: Partial<User> = {}): User => ({
  id,
  name: `name-${id}`,
  displayName: id,
  passwordHash: 'x',
  operator: false,
  roles: {},
  createdAt: AT,
  ...more,
});

export const sampleRun = (id: string, more: Partial<Run> = {}): Run => ({
  id,
  submission: `s-${id}`,
  course: 'c1',
  task: 't1',
  userId: 'u1',
  state: 'queued',
  attempt: 0,
  failures: 0,
  queuedAt: AT,
  startedAt: null,
  doneAt: null,
  environment: null,
  outcome: null,
  ...more,
});

export const sampleSubmission = (id: string, more: Partial<Submission> = {}): Submission => ({
  id,
  course: 'c1',
  task: 't1',
  userId: 'u1',
  at: AT,
  answers: { code: 'x' },
  attempt: 0,
  ...more,
});

/** A revision of environment "c" that no engine has. */
export const sampleRevision = (digest: string, more: Partial<StoredRevision> = {}): StoredRevision => ({
  id: `c@${digest}`,
  name: 'c',
  digest,
  image: 'c:1',
  at: AT,
  by: null,
  from: 'found',
  promotedAt: null,
  promotedBy: null,
  why: '',
  stage: 'staged',
  setAside: false,
  engines: {},
  test: null,
  ...more,
});

export const sampleOutcome = (custom: Record<string, unknown> = {}): Outcome => ({
  verdict: 'success',
  result: 'success',
  grade: 100,
  summary: 'Right.',
  report: { text: '', problems: {}, tests: {}, custom, state: '' },
  details: '',
  sharedContainer: false,
  output: { head: '', tail: '', omittedBytes: 0 },
  timings: { startMs: 1, graderMs: 2, programMs: 2, totalMs: 3 },
  used: { cpuMs: 1, wallMs: 2, memoryBytes: 3, outputBytes: 4 },
});

/** Ids in the order of the list. */
export const ids = (docs: readonly { id: string }[]): string[] => docs.map(({ id }) => id);
