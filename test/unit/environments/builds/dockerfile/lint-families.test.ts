/** What is said about labels of two families in one Dockerfile. */
import { expect, test } from 'vitest';
import type { LintFacts } from '../../../../../server/environments/builds/dockerfile/facts.ts';
import { hasErrors, lintDockerfile } from '../../../../../server/environments/builds/dockerfile/lint.ts';

const images: LintFacts['images'] = new Map([
  ['ours:1', { 'org.gradeport.grading.name': 'a' }],
  ['theirs:1', { 'org.inginious.grading.name': 'a', 'org.inginious.grading.title': 'A' }],
]);
const facts: LintFacts = {
  images,
  files: null,
  network: false,
  mustAnnounce: true,
  refuses: () => null,
  withholds: () => null,
  networkHint: 'Ask.',
};
const lint = (...lines: string[]) => lintDockerfile(`${lines.join('\n')}\n`, facts);
const said = (...lines: string[]) =>
  lint(...lines).messages.map(({ line, severity, message }) => `${line} ${severity}: ${message}`);

test.each([
  ['ours', 'inginious'],
  ['theirs', 'gradeport'],
])('on a base with %s labels, a name of the other family counts, and a hint says so', (base, other) => {
  const lines = [`FROM ${base}:1`, `LABEL org.${other}.grading.name=b`];
  expect(lint(...lines).announces?.name).toBe('b');
  expect(said(...lines)).toEqual([
    `2 hint: The two families of labels differ: org.${other}.grading.* counts for name, because it is set last.`,
  ]);
});

test('a faulty name is an error where it counts, and none where a later label replaces it', () => {
  const [bad, good] = ['LABEL org.gradeport.grading.name="a b"', 'LABEL org.inginious.grading.name=b'];
  expect(hasErrors(lint('FROM ours:1', bad, good))).toBe(false);
  expect(said('FROM ours:1', good, bad)).toContainEqual(expect.stringMatching(/^3 error: .*only letters/));
});
