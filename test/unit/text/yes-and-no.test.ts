/** Yes and no mean the same in a label, in a key of a task and in its dates. */
import { describe, expect, test } from 'vitest';
import { readAccess } from '../../../server/courses/inginious/access.ts';
import { flag } from '../../../server/courses/yaml/values.ts';
import { readLabels } from '../../../server/environments/discovery/labels.ts';
import { yesOrNo } from '../../../server/text/yes-and-no.ts';

const label = (value: string) =>
  readLabels({ 'org.gradeport.grading.name': 'x', 'org.gradeport.grading.need_gpu': value })?.needGpu;

describe.each([
  [true, ['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'y', 'Y', 'on', 'On', 'ON', '1', ' yes ']],
  [false, ['false', 'False', 'FALSE', 'no', 'No', 'NO', 'n', 'N', 'off', 'Off', 'OFF', '0', ' no ']],
])('%s', (meant, words) => {
  test.each(words)('%j', (word) => {
    expect(yesOrNo(word)).toBe(meant);
    expect(label(word)).toBe(meant);
    expect(flag(!meant).parse(word)).toBe(meant);
    expect(readAccess(word)).toMatchObject({ open: meant, from: null, until: null });
  });
});

test.each(['maybe', '2', '', null, undefined, ['no'], { no: 1 }])('%j is neither', (word) => {
  expect(yesOrNo(word)).toBeNull();
});
