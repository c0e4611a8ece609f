import type { MessageKey, PageTranslate } from '../../../../web/languages.ts';
import type { CaseView, RevisionsView, RevisionView, TestedView } from '../../../../web/revision-models.ts';
import type { TestSummary } from '../../../environments/discovery/environment.ts';
import { shortDigest } from '../../../environments/revisions/images/revision-tags.ts';
import type { CaseOutcome, RevisionState } from '../../../environments/revisions/port.ts';
import type { SeenRevision } from '../../../environments/revisions/revision-verbs.ts';
import type { User } from '../../../model/collections.ts';
import { can } from '../../../rules/access.ts';
import { environmentHref } from '../hrefs.ts';

const LABELS: Record<RevisionState, { label: MessageKey; tone: string }> = {
  current: { label: 'environments.gradesNow', tone: 'good' },
  staged: { label: 'environments.waits', tone: 'warn' },
  held: { label: 'environments.heldBack', tone: 'bad' },
  retired: { label: 'environments.gradedBefore', tone: '' },
};

const ORIGINS = {
  found: ['environments.found', 'environments.foundBy'],
  build: ['environments.builtHere', 'environments.builtHereBy'],
  pull: ['environments.pulled', 'environments.pulledBy'],
  import: ['environments.imported', 'environments.importedBy'],
  update: ['environments.byUpdate', 'environments.byUpdateOf'],
} as const;

/** More would make the page unreadable; the command line shows all. */
const MAX_CASES = 50;

export function testedView(test: TestSummary, digest: string, t: PageTranslate): TestedView {
  const tone = test.cases === 0 ? 'warn' : test.passed ? 'good' : 'bad';
  const text = testText(test, t);
  return { at: test.at, text, tone, shortDigest: shortDigest(digest) };
}

function testText({ cases, failed }: TestSummary, t: PageTranslate): string {
  if (cases === 0) return t('environments.noSamples');
  return failed === 0
    ? t('environments.asExpected', { count: cases })
    : t('environments.notAsExpected', { failed, count: cases });
}

const outcomeText = (verdict: string | null, grade: number | null, t: PageTranslate): string =>
  verdict === null ? t('environments.notGraded') : `${verdict}, ${grade} %`;

function caseView(
  { task, sample, differences, verdict, grade, before }: CaseOutcome,
  t: PageTranslate,
): CaseView {
  return {
    where: task ? `${task.course}: ${task.task}` : t('environments.ofTheImage'),
    sample,
    before: before ? outcomeText(before.verdict, before.grade, t) : null,
    now: outcomeText(verdict, grade, t),
    differences,
  };
}

function cameText({ from, by }: SeenRevision, t: PageTranslate): string {
  const [alone, byUser] = ORIGINS[from];
  return by === null ? t(alone) : t(byUser, { by });
}

function revisionView(one: SeenRevision, name: string, isOperator: boolean, t: PageTranslate): RevisionView {
  const { state, test, here, digest } = one;
  const changed = (test?.cases ?? []).filter(({ differences }) => differences.length > 0);
  const failed = changed.length + one.hidden;
  const summary = test && { ...test, cases: test.cases.length + one.hidden, failed };
  const waits = state === 'staged' || state === 'held';
  return {
    label: t(LABELS[state].label),
    tone: LABELS[state].tone,
    digest,
    shortDigest: shortDigest(digest),
    image: one.image,
    at: one.at,
    came: cameText(one, t),
    promotedAt: one.promotedAt,
    promotion: [one.promotedBy === null ? '' : t('environments.promotedBy', { by: one.promotedBy }), one.why]
      .filter(Boolean)
      .join(' '),
    tested: summary && testedView(summary, digest, t),
    changed: changed.slice(0, MAX_CASES).map((one) => caseView(one, t)),
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
  t: PageTranslate,
): RevisionsView {
  const isOperator = can(user, 'operate', null);
  return {
    list: list.map((one) => revisionView(one, name, isOperator, t)),
    tasks: tasks.map(({ course, task }) => `${course}/${task}`),
  };
}
