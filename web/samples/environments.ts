import type { CaseView, RevisionsView, RevisionView, TestedView } from '../revision-models.ts';
import type { LayerView } from '../sharing-views.ts';
import type { EnvironmentUseView, EnvironmentView } from '../view-models.ts';
import { AT, DIGEST, HOSTILE, LONG, LONG_WORD, sample } from './texts.ts';

const shortDigest = DIGEST.slice(7, 19);
const href = '/environments/python3';
const tested: TestedView = { at: AT, text: 'All as expected: 4 samples', tone: 'good', shortDigest };
const environment: EnvironmentView = {
  name: 'python3',
  title: 'Python',
  description: 'Python 3.13 with numpy.',
  image: 'gradeport/python3:latest',
  digest: DIGEST,
  shortDigest,
  size: '96.2 MiB',
  age: '3 days ago',
  createdAt: AT,
  runtime: 'runc',
  reason: 'runc is the fastest that isolates.',
  needRoot: false,
  needGpu: false,
  available: true,
  languages: ['python'],
  aliases: [],
  ports: [],
  lost: [],
  tested: null,
  update: null,
  beside: [],
  whichLabels: '',
  newer: null,
  runsAs: 'User 4242.',
  href,
  search: 'python3',
};
const environments: Record<string, EnvironmentView> = {
  available: environment,
  full: {
    ...environment,
    needRoot: true,
    needGpu: true,
    aliases: ['python', 'py'],
    languages: ['python', 'c'],
    tested,
    update: { text: 'An update waits for its samples', link: 'see it', href },
    beside: ['Another image of this name, local/x:1, cannot be used: its label is wrong.'],
    whichLabels:
      'The two families of labels differ: org.inginious.grading.* counts for name, because it is set last.',
    newer: 'Its Dockerfile has changed.',
  },
  unavailable: {
    ...environment,
    available: false,
    runtime: '',
    reason: 'No runtime here has a kernel of its own.',
  },
  long: { ...environment, title: LONG, name: LONG_WORD, description: LONG, image: LONG_WORD, reason: LONG },
  hostile: {
    ...environment,
    title: HOSTILE,
    name: HOSTILE,
    description: HOSTILE,
    image: HOSTILE,
    newer: HOSTILE,
  },
};

const plot =
  '<svg class="plot" viewBox="0 0 400 190" role="img" aria-label="A plot"><rect class="plot-bar" x="60" y="40" width="20" height="120"/></svg>';
const use = sample<{ use: EnvironmentUseView | null }>('environment-use', {
  empty: { use: null },
  full: {
    use: {
      runsPlotHtml: plot,
      timesPlotHtml: plot,
      span: 30,
      sampled: 200,
      days: [{ day: '2026-11-20', runs: 12, median: '120 ms', p95: '30 s' }],
    },
  },
});

const layers = sample<{ layers: LayerView[] }>('image-layers', {
  empty: { layers: [] },
  full: { layers: [{ command: 'RUN apt-get update', size: '2 KiB', age: '3 days ago' }] },
  long: { layers: Array.from({ length: 20 }, () => ({ command: LONG, size: '2 KiB', age: '3 days ago' })) },
  hostile: { layers: [{ command: HOSTILE, size: '1 B', age: 'just now' }] },
});

const changed: CaseView = {
  where: 'demo: hello',
  sample: 'right',
  before: 'success, 100 %',
  now: 'failed, 0 %',
  differences: ['verdict: success → failed'],
};
const cases = {
  one: { shortDigest, changed: [changed] },
  'never graded before': { shortDigest, changed: [{ ...changed, before: null }] },
  long: { shortDigest, changed: [{ ...changed, sample: LONG, now: LONG, differences: [LONG, LONG] }] },
  hostile: { shortDigest, changed: [{ ...changed, sample: HOSTILE, now: HOSTILE, differences: [HOSTILE] }] },
};
const revision: RevisionView & { tasks: string[] } = {
  label: 'Grades now',
  tone: 'good',
  digest: DIGEST,
  shortDigest,
  image: 'gradeport/python3:latest',
  at: AT,
  came: 'built here by tess',
  promotedAt: AT,
  promotion: 'by tess.',
  tested,
  changed: [],
  more: 0,
  hidden: 0,
  runs: 12,
  here: true,
  pinned: [],
  canTest: false,
  canPromote: false,
  needsForce: false,
  canRollBack: false,
  canPin: false,
  href,
  tasks: ['demo/hello'],
};
const held = {
  ...revision,
  label: 'Held back',
  tone: 'bad',
  changed: [changed],
  canTest: true,
  canPromote: true,
  needsForce: true,
};
const revisions: Record<string, RevisionView & { tasks: string[] }> = {
  current: revision,
  'held back': { ...held, more: 3, hidden: 1, canPin: true, pinned: ['demo/hello'] },
  untested: { ...held, tested: null, changed: [], label: 'Waits', tone: 'warn' },
  retired: { ...revision, label: 'Graded before', tone: '', canTest: true, canRollBack: true },
  gone: { ...revision, here: false, promotedAt: null },
  long: { ...held, image: LONG_WORD, came: LONG, promotion: LONG },
  hostile: { ...held, image: HOSTILE, came: HOSTILE, pinned: [HOSTILE] },
};

export const environmentSamples = [
  sample('environment-card', environments, 'list'),
  sample('environment-row', environments, 'table'),
  use,
  layers,
  sample<{ shortDigest: string; changed: CaseView[] }>('revision-cases', cases),
  sample('revision', revisions, 'list'),
  sample<{ revisions: RevisionsView }>('revisions', {
    empty: { revisions: { list: [], tasks: [] } },
    full: { revisions: { list: [held, revision], tasks: ['demo/hello'] } },
  }),
];
