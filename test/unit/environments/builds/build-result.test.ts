/** What is said at the end of a build: the image, what its samples got, and who grades. */
import { expect, test } from 'vitest';
import { testedSentence } from '../../../../server/environments/builds/build-result.ts';
import type { CaseOutcome } from '../../../../server/environments/revisions/port.ts';

const outcome = (...differences: string[]): CaseOutcome => ({
  task: null,
  sample: 'one',
  verdict: 'success',
  grade: 100,
  before: null,
  differences,
});
const first = { what: 'Built local/x.', use: 'It can grade as "x" on crun: fast.', canGrade: true };
const update = {
  what: 'Built local/x.',
  use: 'Its samples come first: until then 123 grades.',
  canGrade: false,
};

test('an update whose samples ran does not go on waiting for them', () => {
  expect(testedSentence(update, [outcome()])).toBe('Built local/x. Its sample came out as expected.');
  expect(testedSentence(update, [])).toBe('Built local/x. There was no sample to try.');
});

test('an update that changes a sample is held back, and says where to look', () => {
  expect(testedSentence(update, [outcome(), outcome('expected grade 100, got 0')])).toBe(
    'Built local/x. It is held back: 1 of 2 samples did not come out as expected. The revision before it grades on; its page shows what changed.',
  );
});

test('a first image grades, whatever its samples say', () => {
  expect(testedSentence(first, [outcome(), outcome()])).toMatch(
    /^Built local\/x\. It can grade as "x" on crun: fast\. All 2 samples came/,
  );
  expect(testedSentence(first, [outcome('other')])).toContain('It can grade as "x"');
  expect(testedSentence(first, [outcome('other')])).toContain('1 of 1 sample did not come out');
});
