import type { ProblemView, TaskPage } from '../view-models.ts';
import { HOSTILE, LONG, LONG_WORD, PROSE, sample } from './texts.ts';

const blank: ProblemView = {
  id: 'q1',
  name: 'Add two numbers',
  headerHtml: PROSE,
  frame: null,
  plugin: null,
  counts: true,
  isCode: false,
  isLine: false,
  isFile: false,
  isChoice: false,
  isMatch: false,
  language: 'python',
  firstLine: 1,
  optional: false,
  value: '',
  original: '',
  multiple: false,
  choices: [],
  accept: '',
  maxBytes: null,
  error: null,
};
const code: ProblemView = { ...blank, isCode: true, value: 'def add(a, b):\n    pass\n', original: 'pass\n' };
const line: ProblemView = { ...blank, isLine: true, value: '42' };
const file: ProblemView = { ...blank, isFile: true, accept: '.c,.h', maxBytes: 65_536 };
const choice: ProblemView = {
  ...blank,
  isChoice: true,
  choices: [
    { index: '0', html: 'One', checked: false },
    { index: '1', html: 'Two, <code>2</code>', checked: true },
  ],
};

/** The partial "problem" shows errors below the input. */
const withError = (view: ProblemView): ProblemView => ({ ...view, error: 'Write an answer.' });
const long = (view: ProblemView): ProblemView => ({
  ...view,
  value: `${LONG}\n${LONG_WORD}`,
  name: LONG,
  headerHtml: `<p>${LONG}</p>`,
  accept: view.isFile ? '.c,.h,.cpp,.hpp,.java,.py,.ml,.tar.gz,.zip' : '',
});
const hostile = (view: ProblemView): ProblemView => ({
  ...view,
  value: `</textarea>${HOSTILE}`,
  original: HOSTILE,
  name: HOSTILE,
  accept: HOSTILE,
});

const problem = sample<ProblemView>('problem', {
  code,
  line,
  match: { ...blank, isMatch: true },
  file,
  choice,
  'several choices': { ...choice, multiple: true },
  optional: { ...code, id: 'q2', optional: true },
  error: withError(line),
  'of an unknown kind': { ...line, plugin: 'network' },
  'of an unknown kind in a quiz': { ...blank, plugin: 'network', counts: false, optional: true },
  long: { ...long(code), error: LONG },
  hostile: { ...hostile(line), plugin: HOSTILE, error: HOSTILE },
});

const inputs = [
  sample<ProblemView>(
    'problem-code',
    {
      empty: { ...code, value: '' },
      full: code,
      long: long(code),
      hostile: hostile(code),
    },
    'problem',
  ),
  sample<ProblemView>(
    'problem-line',
    {
      empty: { ...line, value: '' },
      full: line,
      error: withError(line),
      long: long(line),
      hostile: hostile(line),
    },
    'problem',
  ),
  sample<ProblemView>(
    'problem-file',
    {
      empty: { ...file, accept: '', maxBytes: null },
      full: file,
      error: withError(file),
      long: long(file),
      hostile: hostile(file),
    },
    'problem',
  ),
  sample<ProblemView>(
    'problem-choice',
    {
      empty: { ...choice, choices: [] },
      one: choice,
      several: { ...choice, multiple: true },
      long: { ...choice, choices: [{ index: '0', html: LONG, checked: false }] },
      hostile: { ...choice, choices: [{ index: HOSTILE, html: '(sanitised)', checked: false }] },
    },
    'problem',
  ),
];

const environment = { name: 'python3', href: '/environments/python3', available: true, reason: '' };
const facts = sample<Pick<TaskPage, 'limits' | 'environment'>>('task-facts', {
  full: { limits: { time: '2 s', memory: '128 MiB', output: '1 MiB' }, environment },
  long: {
    limits: { time: '120 min', memory: '1023.9 MiB', output: '1023.9 KiB' },
    environment: { ...environment, name: LONG_WORD },
  },
  hostile: {
    limits: { time: '2 s', memory: HOSTILE, output: '1 MiB' },
    environment: { ...environment, name: HOSTILE },
  },
});

const numbers = sample<Pick<TaskPage, 'numbers'>>('task-numbers', {
  full: { numbers: { shown: [0.25, 0.5], sent: '[0.25,0.5]' } },
  long: { numbers: { shown: Array.from({ length: 60 }, (_, index) => index / 7), sent: '[]' } },
});

const chosen = { name: 'python3', title: 'Python', chosen: true, away: false };
const environmentChoice = sample<Pick<TaskPage, 'environmentChoices'>>('task-environment', {
  full: {
    environmentChoices: [chosen, { ...chosen, name: 'java', title: 'Java', chosen: false, away: true }],
  },
  long: { environmentChoices: [{ ...chosen, title: LONG }] },
  hostile: { environmentChoices: [{ ...chosen, name: HOSTILE, title: HOSTILE }] },
});

const options = sample<{ options: { value: string; label: string; chosen: boolean }[] }>(
  'options',
  {
    empty: { options: [] },
    full: {
      options: [
        { value: '', label: 'All', chosen: true },
        { value: 'c', label: 'C', chosen: false },
      ],
    },
    hostile: { options: [{ value: HOSTILE, label: HOSTILE, chosen: true }] },
  },
  'select',
);

export const taskSamples = [problem, ...inputs, facts, numbers, environmentChoice, options];
