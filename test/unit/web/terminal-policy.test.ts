/** What Ctrl sends with a key, and how the time left is written. */
import { expect, test } from 'vitest';
import { timeLeft, withControl } from '../../../web/client/terminal/terminal-policy.ts';

test.each([
  ['a letter', 'c', '\x03'],
  ['a capital letter', 'C', '\x03'],
  ['a bracket', '[', '\x1b'],
  ['a digit, which has no place in the alphabet', '1', '1'],
  ['an arrow', '\x1b[A', '\x1b[A'],
  ['a paste', 'cd', 'cd'],
])('Ctrl with %s', (_, typed, sent) => {
  expect(withControl(typed)).toBe(sent);
});

test.each([
  [245_000, '4:05'],
  [59_400, '0:59'],
  [59_600, '1:00'],
  [0, '0:00'],
  [-5000, '0:00'],
])('%d milliseconds left are %s', (ms, text) => {
  expect(timeLeft(1000 + ms, 1000)).toBe(text);
});
