import { expect, test } from 'vitest';
import { createJobLog } from '../../../server/jobs/job-log.ts';

const small = { headBytes: 200, tailBytes: 200, lineCharacters: 10 };

test('a short log is kept whole, and read on from where a reader was', () => {
  const log = createJobLog();
  for (const text of ['a', 'b', 'c']) log.add(text);
  expect(log.lines()).toEqual(['a', 'b', 'c']);
  expect(log.lines(2)).toEqual(['c']);
  expect(log.lines(3)).toEqual([]);
  expect(log.printed()).toBe(3);
});

test('of a long one the first and the last lines are kept, and it says how many are missing', () => {
  const log = createJobLog(small);
  for (let number = 0; number < 1000; number++) log.add(String(number));
  const lines = log.lines();
  expect(lines[0]).toBe('0');
  expect(lines.at(-1)).toBe('999');
  expect(lines.length).toBeLessThan(20);
  const gap = lines.findIndex((line) => line.includes('left out'));
  const missing = Number(/\d+/.exec(lines[gap] ?? '')?.[0]);
  expect(Number(lines[gap + 1]) - Number(lines[gap - 1]) - 1).toBe(missing);
  expect(log.lines(998)).toEqual(['998', '999']);
  expect(log.printed()).toBe(1000);
});

test('a reader who was within what is missing now learns how much of it is missing', () => {
  const log = createJobLog(small);
  for (let number = 0; number < 1000; number++) log.add(String(number));
  const [gap, first] = log.lines(500);
  expect(gap).toBe(`… ${Number(first) - 500} lines left out …`);
});

test('a hundred million characters without a line end are one short line', () => {
  const log = createJobLog();
  log.add('x'.repeat(100_000_000));
  expect(log.lines()[0]?.length).toBeLessThan(2010);
});

test.each([
  ['colours', '\u001b[31mred\u001b[0m', 'red'],
  ['a title', '\u001b]0;evil\u0007text', 'text'],
  ['text that turns around', 'a\u202eb', 'ab'],
  ['a progress bar', '10 %\r20 %\r', '20 %'],
  ['a table', 'a\tb', 'a\tb'],
])('%s becomes plain text', (_, text, plain) => {
  expect(createJobLog().add(text)).toBe(plain);
});
