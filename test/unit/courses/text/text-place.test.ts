/** Relative addresses in texts start where INGInious' pages are, wherever the text is shown. */
import { describe, expect, test } from 'vitest';
import { compileText } from '../../../../server/courses/text/rst.ts';
import { htmlAt } from '../../../../server/courses/text/shown.ts';
import { baseOf, resolveAddress } from '../../../../server/courses/text/text-place.ts';

const TASK = baseOf({ course: 'c 1', task: 't' });

describe('an address in a text', () => {
  test.each([
    ['t/pic.png', '/course/c%201/t/pic.png'],
    ['./t/pic.png', '/course/c%201/t/pic.png'],
    ['../other/t/a%20b.pdf?x=1#page=2', '/course/other/t/a%20b.pdf?x=1#page=2'],
    [' t/pic.png ', '/course/c%201/t/pic.png'],
    ['../../../../etc/passwd', '/etc/passwd'],
    ['../..//evil.example/x', '/evil.example/x'],
    ['..//evil.example/x', '/course//evil.example/x'],
  ])('that is relative has its place: %s', (address, found) => {
    expect(resolveAddress(address, TASK)).toBe(found);
  });

  test.each([
    'https://x.org/a',
    'mailto:a@b.c',
    '/course/c/t/x',
    '#part',
    '//x.org/a',
    '\\\\x.org',
    '?q=1',
    '',
    'data:x',
  ])('that is whole stays: %s', (address) => {
    expect(resolveAddress(address, TASK)).toBe(address);
  });

  test('starts from the folder of courses in the text of a course', () => {
    expect(resolveAddress('c1/t/x.png', baseOf({ course: 'c1', task: null }))).toBe('/course/c1/t/x.png');
  });

  test.each([
    ['rst', '.. image:: t/pic.png\n'],
    ['rst', '.. figure:: t/pic.png\n\n   Words\n'],
    ['html', '<img src="t/pic.png">'],
    ['html', '<a href="t/pic.png">x</a>'],
    ['rst', '`a file <t/pic.png>`__'],
  ] as const)('is resolved in %s: %s', (format, source) => {
    expect(htmlAt(compileText(format, source, TASK), 0)).toMatch(/(src|href)="\/course\/c%201\/t\/pic\.png"/);
  });
});
