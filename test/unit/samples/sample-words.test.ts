/** What is wrong with a file of samples/: our own sentences, with the line and the next step. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSamples } from '../../../server/samples/task-samples.ts';
import { tempFolder } from '../../support/store/temp-folder.ts';

const TABLE: [string, string, string[]][] = [
  [
    'no expect',
    'answers: {q: x}\n',
    [
      '1:1 expect: expected a map with what must come out, as in "expect: { verdict: success, grade: 100 }"; it is missing',
    ],
  ],
  [
    'a word for expect',
    'answers: {q: x}\nexpect: success\n',
    [
      '2:1 expect: expected a map with what must come out, as in "expect: { verdict: success, grade: 100 }"; got "success"',
    ],
  ],
  ['an empty file', '', ['1:1 expected a map with "answers" and "expect"; it is missing']],
  [
    'misspelt keys',
    'answer: {q: x}\nexpect: {verdict: success, texts: a}\n',
    [
      '1:1 answers: expected a map of problem ids with what a student gives, as in "answers: { q1: 42 }"; it is missing',
      '2:1 expect: "texts" is not known; did you mean "text"?',
      '1:1 "answer" is not known; did you mean "answers"?',
    ],
  ],
  [
    'a list for a map, and a word for a number',
    'answers: [x]\nexpect: {verdict: success, grade: high, problems: [a]}\n',
    [
      '1:1 answers: expected a map of problem ids with what a student gives, as in "answers: { q1: 42 }"; got a list',
      '2:28 expect.grade: expected a number; got "high"',
      '2:41 expect.problems: expected a map of problem ids with results; got a list',
    ],
  ],
];

test.each(TABLE)('a sample with %s', async (_, text, wanted) => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'samples'));
  writeFileSync(join(folder, 'samples/one.yaml'), text);
  const read = await readSamples(folder);
  const problems = 'problems' in read ? read.problems : [];
  expect(problems.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual(wanted);
});
