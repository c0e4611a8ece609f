/** Which jobs are accepted, how one begins and ends, and which are kept. */
import { expect, test } from 'vitest';
import { ended, forgotten, newJob, sentenceOf, whyRefused } from '../../../server/jobs/job-policy.ts';
import { GradeportError } from '../../../server/rules/errors.ts';

const NOW = '2026-11-20T10:00:00.000Z';
const RESULT = { sentence: 'Built.', environment: 'x' };

test.each([
  ['accepted while there is room', false, 1, null],
  ['refused when too many wait', false, 2, '2 jobs are waiting already; try again later.'],
  ['refused while the server stops', true, 0, 'The server is stopping; try again once it is back.'],
])('one more job is %s', (_, isClosed, waiting, message) => {
  expect(whyRefused({ isClosed, waiting }, 2)?.message ?? null).toBe(message);
});

test('a job begins as waiting, with a title of bounded length', () => {
  const job = newJob({ kind: 'build', title: 'x'.repeat(300), by: 'ada' }, 'j1', NOW);
  expect(job).toEqual({
    id: 'j1',
    kind: 'build',
    title: 'x'.repeat(200),
    by: 'ada',
    state: 'waiting',
    startedAt: NOW,
    endedAt: null,
    progress: null,
    result: null,
    error: null,
  });
});

test.each([
  [{ result: RESULT }, { state: 'done', result: RESULT, endedAt: NOW }],
  [{ error: 'No.' }, { state: 'failed', error: 'No.', endedAt: NOW }],
  ['stopped', { state: 'stopped', endedAt: NOW }],
] as const)('work that ends with %j', (end, changes) => {
  expect(ended(end, NOW)).toEqual(changes);
});

test.each([
  ['a failure with a sentence', new GradeportError('conflict', 'It exists.'), 'It exists.'],
  ['an internal one', new GradeportError('internal', 'secret'), null],
  ['any other error', new Error('secret'), null],
  ['a value that is not an error', 'secret', null],
])('the reader sees the sentence of %s, if any', (_, error, sentence) => {
  expect(sentenceOf(error)).toBe(sentence);
});

test.each([
  [
    'none while few ended',
    [
      ['a', NOW],
      ['b', null],
    ],
    [],
  ],
  [
    'the oldest that ended',
    [
      ['a', NOW],
      ['b', null],
      ['c', NOW],
      ['d', NOW],
    ],
    ['a'],
  ],
  [
    'none that runs',
    [
      ['a', null],
      ['b', null],
      ['c', null],
    ],
    [],
  ],
] as const)('of more than two jobs that ended it forgets %s', (_, jobs, ids) => {
  expect(
    forgotten(
      jobs.map(([id, endedAt]) => ({ id, endedAt })),
      2,
    ),
  ).toEqual(ids);
});
