import type { CaseView, RevisionsView, RevisionView, TestedView } from '../../../../web/revision-models.ts';
import type { TestSummary } from '../../../environments/discovery/environment.ts';
import type { CaseOutcome, RevisionState } from '../../../environments/revisions/port.ts';
import { shortDigest } from '../../../environments/revisions/revision-tags.ts';
import type { SeenRevision } from '../../../environments/revisions/revision-verbs.ts';
import { testText } from '../../../environments/revisions/sample-test-sentences.ts';
import type { User } from '../../../model/collections.ts';
import { can } from '../../../rules/access.ts';
import { environmentHref } from '../hrefs.ts';

const LABELS: Record<RevisionState, { label: string; tone: string }> = {
  current: { label: 'Grades now', tone: 'good' },
  staged: { label: 'Waits', tone: 'warn' },
  held: { label: 'Held back', tone: 'bad' },
  retired: { label: 'Graded before', tone: '' },
};

const ORIGINS = {
  found: 'found in the engine',
  build: 'built here',
  pull: 'pulled',
  import: 'imported',
  update: 'by an update',
} as const;

/** More would make the page unreadable; the command line shows all. */
const MAX_CASES = 50;

export function testedView(test: TestSummary, digest: string): TestedView {
  const tone = test.cases === 0 ? 'warn' : test.passed ? 'good' : 'bad';
  const text = test.cases === 0 ? 'No samples' : testText(test);
  return { at: test.at, text, tone, shortDigest: shortDigest(digest) };
}

const outcomeText = (verdict: string | null, grade: number | null): string =>
  verdict === null ? 'not graded' : `${verdict}, ${grade} %`;

function caseView({ task, sample, differences, verdict, grade, before }: CaseOutcome): CaseView {
  return {
    where: task ? `${task.course}: ${task.task}` : 'Of the image',
    sample,
    before: before ? outcomeText(before.verdict, before.grade) : null,
    now: outcomeText(verdict, grade),
    differences,
  };
}

function revisionView(one: SeenRevision, name: string, isOperator: boolean): RevisionView {
  const { state, test, here, digest } = one;
  const changed = (test?.cases ?? []).filter(({ differences }) => differences.length > 0);
  const failed = changed.length + one.hidden;
  const summary = test && { ...test, cases: test.cases.length + one.hidden, failed };
  const waits = state === 'staged' || state === 'held';
  return {
    ...LABELS[state],
    digest,
    shortDigest: shortDigest(digest),
    image: one.image,
    at: one.at,
    came: `${ORIGINS[one.from]}${one.by === null ? '' : ` by ${one.by}`}`,
    promotedAt: one.promotedAt,
    promotion: [one.promotedBy === null ? '' : `by ${one.promotedBy}.`, one.why].filter(Boolean).join(' '),
    tested: summary && testedView(summary, digest),
    changed: changed.slice(0, MAX_CASES).map(caseView),
    more: Math.max(0, changed.length - MAX_CASES),
    hidden: one.hidden,
    runs: one.runs,
    here,
    pinned: one.pinned.map(({ course, task }) => `${course}/${task}`),
    canTest: here,
    canPromote: isOperator && here && waits,
    needsForce: test?.passed !== true,
    canRollBack: isOperator && here && state === 'retired',
    canPin: isOperator && here,
    href: environmentHref(name),
  };
}

export function revisionsView(
  list: readonly SeenRevision[],
  user: User,
  name: string,
  tasks: readonly { course: string; task: string }[],
): RevisionsView {
  const isOperator = can(user, 'operate', null);
  return {
    list: list.map((one) => revisionView(one, name, isOperator)),
    tasks: tasks.map(({ course, task }) => `${course}/${task}`),
  };
}
