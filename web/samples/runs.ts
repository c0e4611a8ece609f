import type { FeedbackView, RunPage, TaskPage, VerdictView } from '../view-models.ts';
import { AT, HOSTILE, LONG, LONG_WORD, sample } from './texts.ts';

const success: VerdictView = {
  verdict: 'success',
  label: 'Success',
  tone: 'good',
  summary: 'Everything the grader checked is right.',
  grade: 100,
  details: '',
  shared: false,
  uncounted: null,
  timings: { startMs: 2, graderMs: 48, totalMs: 61 },
  used: { cpuMs: 41, wallMs: 48, memory: '9.4 MiB', outputBytes: 1 },
};

const verdict = sample<VerdictView>('verdict', {
  success,
  failed: { ...success, verdict: 'failed', label: 'Failed', tone: 'bad', grade: 40 },
  'of a quiz': { ...success, used: { ...success.used, wallMs: 0 } },
  'for staff': {
    ...success,
    tone: 'warn',
    label: 'Grader crashed',
    shared: true,
    uncounted: 'processor time, memory',
    details: 'line 3: oops\n',
  },
  long: { ...success, summary: LONG, label: LONG_WORD, shared: true, details: `${LONG}\n`.repeat(30) },
  hostile: { ...success, summary: HOSTILE, label: HOSTILE, details: HOSTILE },
});

const noFeedback: FeedbackView = { textHtml: '', problems: [], tests: [] };
const feedback = sample<FeedbackView>('feedback', {
  empty: noFeedback,
  text: { ...noFeedback, textHtml: '<p>Well <em>done</em>.</p>' },
  full: {
    textHtml: '<p>Two of three.</p>',
    problems: [
      { id: 'q1', name: 'Add', result: 'success', html: '<p>Right.</p>' },
      { id: 'q2', name: 'Subtract', result: 'out-of-memory', html: '<p>Too much memory.</p>' },
      { id: 'q3', name: 'Divide', result: null, html: '<p>Not tried.</p>' },
    ],
    tests: [
      { name: 'small', passed: true, text: '' },
      { name: 'large', passed: false, text: 'expected 3\n   got 4' },
      { name: 'off by one', passed: null, text: 'Start from 0.', found: true },
      { name: 'points', passed: null, text: '3.5' },
    ],
  },
  long: {
    textHtml: `<p>${LONG}</p><pre>${LONG_WORD}${LONG_WORD}</pre>`,
    problems: [{ id: 'q1', name: LONG, result: 'a word that a grader made up', html: `<p>${LONG}</p>` }],
    tests: [{ name: LONG, passed: false, text: `${LONG}\n${LONG_WORD}` }],
  },
  hostile: {
    textHtml: '<p>(sanitised)</p>',
    problems: [{ id: 'q1', name: HOSTILE, result: HOSTILE, html: '<p>(sanitised)</p>' }],
    tests: [{ name: HOSTILE, passed: false, text: `\u001b[31m${HOSTILE}\u001b[0m` }],
  },
});

type Timeline = Pick<RunPage, 'environment' | 'verdict'> & { run: { state: string } };
const environment = {
  name: 'python3',
  href: '/environments/python3',
  runtime: 'runc',
  reason: '',
  way: null,
};
const timeline = sample<Timeline>('timeline', {
  queued: { run: { state: 'queued' }, environment: null, verdict: null },
  running: { run: { state: 'running' }, environment, verdict: null },
  done: { run: { state: 'done' }, environment, verdict: success },
  failed: { run: { state: 'done' }, environment, verdict: { ...success, tone: 'bad' } },
  'of a quiz': { run: { state: 'done' }, environment: null, verdict: success },
  long: { run: { state: 'done' }, environment: { ...environment, name: LONG_WORD }, verdict: success },
  hostile: { run: { state: 'done' }, environment: { ...environment, name: HOSTILE }, verdict: success },
});

const output = sample<Pick<RunPage, 'output'>>(
  'output',
  {
    empty: { output: null },
    short: { output: { head: 'hello\n', tail: '', omittedBytes: 0 } },
    'left out': { output: { head: 'first\n', tail: 'last\n', omittedBytes: 3_500_000 } },
    long: { output: { head: `${LONG}\n${LONG_WORD}\n`.repeat(20), tail: '', omittedBytes: 0 } },
    hostile: { output: { head: `\u001b]0;title\u0007\u001b[2J${HOSTILE}\u0000`, tail: '', omittedBytes: 0 } },
  },
  'output',
);

type Runs = Pick<TaskPage, 'runs' | 'runsNote' | 'allowance'>;
const run = {
  id: 'r1',
  href: '/runs/r1',
  at: AT,
  state: 'done',
  verdict: 'success',
  label: 'Success',
  tone: 'good',
  grade: 100,
  counts: true,
};
const waiting = {
  ...run,
  state: 'queued',
  verdict: null,
  label: null,
  tone: null,
  grade: null,
  counts: false,
};
const taskRuns = sample<Runs>('task-runs', {
  empty: { runs: [], runsNote: '', allowance: null },
  'empty, limited': { runs: [], runsNote: '', allowance: '2 of 2 submissions left.' },
  full: {
    runs: [
      waiting,
      { ...waiting, state: 'running' },
      run,
      { ...run, counts: false, tone: 'bad', label: 'Failed' },
    ],
    runsNote: 'Your best submission counts.',
    allowance: null,
  },
  long: {
    runs: Array.from({ length: 10 }, () => ({ ...run, label: LONG_WORD })),
    runsNote: LONG,
    allowance: null,
  },
  hostile: { runs: [{ ...run, label: HOSTILE }], runsNote: HOSTILE, allowance: null },
});

const time = sample<{ at: string | null }>('time', {
  empty: { at: null },
  full: { at: AT },
  hostile: { at: HOSTILE },
});

export const runSamples = [
  verdict,
  feedback,
  timeline,
  output,
  taskRuns,
  time,
  sample<object>('terminal', { hidden: {} }),
  sample<object>('logo', { full: {} }),
];
