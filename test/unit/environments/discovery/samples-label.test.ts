import { expect, test } from 'vitest';
import { readLabels } from '../../../../server/environments/discovery/labels.ts';

const samplesOf = (path: string) =>
  readLabels({ 'org.gradeport.grading.name': 'c', 'org.gradeport.grading.samples': path })?.samples;

test('the label samples is an absolute path of a folder', () => {
  expect(samplesOf('/usr/share/samples')).toBe('/usr/share/samples');
  expect(samplesOf('/samples/')).toBe('/samples');
  expect(readLabels({ 'org.gradeport.grading.name': 'c' })?.samples).toBeNull();
});

test.each(['', '/', 'samples', '/a/../etc', '/..', '/a/./b', '//a', `/${'x'.repeat(300)}`, '/a\u0000b/../c'])(
  'no other text counts: %j',
  (path) => {
    expect(samplesOf(path)).toBeNull();
  },
);
