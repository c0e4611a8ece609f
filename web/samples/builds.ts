import type { BuildRow, JobView, LintView } from '../job-models.ts';
import { AT, HOSTILE, LONG, LONG_WORD, sample } from './texts.ts';

const href = '/environments/python3';
const row: BuildRow = {
  version: 3,
  by: 'tess',
  at: AT,
  state: 'built',
  tone: 'good',
  sentence: 'It grades from now on.',
  editHref: '/environments/python3/edit?build=3',
  logHref: '/environments/python3/builds/3/log',
};
const builds = sample<{ builds: BuildRow[] }>('environment-builds', {
  empty: { builds: [] },
  full: { builds: [{ ...row, version: 4, state: 'building', tone: 'live', sentence: '' }, row] },
  failed: { builds: [{ ...row, state: 'failed', tone: 'bad', sentence: 'Step 3 failed.' }] },
  long: { builds: [{ ...row, by: LONG_WORD, sentence: LONG }] },
  hostile: { builds: [{ ...row, by: HOSTILE, sentence: HOSTILE }] },
});

const job: JobView = {
  id: 'j1',
  href: '/jobs/j1',
  title: 'Build python3',
  by: 'tess',
  startedAt: AT,
  endedAt: null,
  state: 'running',
  tone: 'live',
  isOver: false,
  progress: null,
  sentence: null,
  details: '',
  environment: null,
};
const over = { ...job, endedAt: AT, isOver: true };
const jobStatus = sample<JobView>('job-status', {
  waiting: { ...job, state: 'waiting', tone: 'warn' },
  running: { ...job, progress: { step: 'Step 2 of 5', done: 2, total: 5, known: true } },
  downloading: {
    ...job,
    progress: { step: 'Downloading', done: 1e6, total: 9e6, known: true, unit: 'bytes' },
  },
  'of unknown length': { ...job, progress: { step: 'Unpacking', done: 0, total: 0, known: false } },
  done: { ...over, state: 'done', tone: 'good', sentence: 'Built.', environment: { name: 'python3', href } },
  failed: {
    ...over,
    state: 'failed',
    tone: 'bad',
    sentence: 'Step 3 failed.',
    details: 'E: no such package\n',
  },
  long: {
    ...over,
    state: 'failed',
    tone: 'bad',
    by: LONG_WORD,
    sentence: LONG,
    details: `${LONG}\n`.repeat(20),
  },
  hostile: { ...over, state: 'failed', tone: 'bad', by: HOSTILE, sentence: HOSTILE, details: HOSTILE },
});

const preview: NonNullable<LintView['preview']> = {
  name: 'python3',
  title: 'Python',
  description: '',
  languages: [],
  aliases: [],
  image: 'local/python3:latest',
  runtime: 'runc',
  reason: 'runc',
  needRoot: false,
  needGpu: false,
};
const message = { line: 3, severity: 'error', tone: 'bad', message: 'Unknown instruction: RUNN' };
const lint = sample<LintView>('lint', {
  empty: { messages: [], summary: '', refusal: null, preview: null },
  full: {
    messages: [
      message,
      { ...message, severity: 'warning', tone: 'warn' },
      { ...message, severity: 'hint', tone: 'live' },
    ],
    summary: '',
    refusal: null,
    preview: {
      ...preview,
      description: 'For beginners.',
      aliases: ['py'],
      languages: ['python'],
      needRoot: true,
      needGpu: true,
    },
  },
  error: {
    messages: [],
    summary: '',
    refusal: 'This name belongs to another teacher.',
    preview: { ...preview, runtime: '' },
  },
  long: {
    messages: [{ ...message, message: LONG }],
    summary: '',
    refusal: LONG,
    preview: { ...preview, title: LONG, image: LONG_WORD },
  },
  hostile: {
    messages: [{ ...message, message: HOSTILE }],
    summary: '',
    refusal: HOSTILE,
    preview: { ...preview, title: HOSTILE },
  },
});

export const buildSamples = [builds, jobStatus, lint];
