/** Dockerfiles are anybody's text: whatever it is, it is read, quickly, and every message points to a line of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LintFacts } from '../../../../../server/environments/builds/dockerfile/facts.ts';
import { lintDockerfile } from '../../../../../server/environments/builds/dockerfile/lint.ts';

const facts: LintFacts = {
  images: new Map([['a:latest', {}]]),
  files: ['Dockerfile', 'a/b'],
  network: false,
  mustAnnounce: true,
  refuses: () => null,
  withholds: () => null,
  networkHint: '',
};
const WORDS = [
  ...[
    'FROM',
    'RUN',
    'COPY',
    'ADD',
    'LABEL',
    'ENV',
    'ARG',
    'USER',
    'ONBUILD',
    'AS',
    '--from=',
    '--x',
    '#',
    'escape=`',
  ],
  ...[
    'org.gradeport.grading.name=',
    '"',
    "'",
    '\\',
    '\\\\',
    '\n',
    '\r\n',
    '\t',
    ' ',
    '$',
    '${',
    '}',
    ':-',
    '<<EOF',
    'EOF',
  ],
  ...[
    '[',
    ']',
    ',',
    'a',
    'a/b',
    '..',
    '*',
    '?',
    '@',
    ':',
    '=',
    '\u0000',
    '\u0085',
    '\ufeff',
    '\u2028',
    'http://x',
  ],
];
const text = fc.oneof(
  fc.string({ maxLength: 300, unit: 'binary' }),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 120 }).map((words) => words.join('')),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 120 }).map((words) => words.join(' ')),
);

test('any text is read, and every message has a line of it', () => {
  fc.assert(
    fc.property(text, fc.boolean(), (dockerfile, network) => {
      const lines = dockerfile.split('\n').length;
      const found = lintDockerfile(dockerfile, { ...facts, network });
      for (const { line, message } of found.messages) {
        expect(Number.isInteger(line) && line >= 1 && line <= lines, `${line} of ${lines}: ${message}`).toBe(
          true,
        );
      }
      for (const { line, endLine } of found.dockerfile.instructions)
        expect(endLine).toBeGreaterThanOrEqual(line);
    }),
    { numRuns: 2000 },
  );
});

/** Each is what makes a careless pattern take minutes. */
const N = 250_000;
test.each([
  ['spaces', ' '.repeat(N)],
  ['spaces before an end', `RUN x${' '.repeat(N)}y`],
  ['backslashes', '\\'.repeat(N)],
  ['quotes', `LABEL ${'"'.repeat(N)}`],
  ['dollars', `FROM a\nLABEL x="${'$'.repeat(N)}"`],
  ['open braces', `FROM a\nLABEL x=${'${a:-'.repeat(N / 5)}`],
  ['flags', `RUN ${'--a '.repeat(N / 4)}`],
  ['slashes', `FROM a\nCOPY ${'/'.repeat(N)}x /`],
  ['colons', `FROM ${':'.repeat(N)}/x`],
  ['stars', `FROM a\nCOPY ${'*a'.repeat(100)} /`],
  ['commands', `FROM a\nRUN ${'apt -apt '.repeat(N / 9)}`],
  ['a variable within itself', `FROM a\n${'ARG X=$X$X$X$X$Xxxxx\n'.repeat(4000)}`],
  ['labels', `FROM a\nLABEL ${'a=b '.repeat(N / 4)}`],
  ['lines that go on', `RUN a \\\n${'b \\\n'.repeat(N / 5)}`],
  ['stages', 'FROM a AS b\n'.repeat(4900)],
  ['long names of stages', `ARG X=${'x'.repeat(4000)}\n${'FROM $X$X AS b\n'.repeat(4000)}`],
  ['long keys', `FROM a\nENV A=${'x'.repeat(4000)}\nLABEL ${'k$A=1 '.repeat(9000)}`],
])('a quarter of a million %s take no time', (_, dockerfile) => {
  const start = process.cpuUsage();
  lintDockerfile(dockerfile, facts);
  // Careless patterns take minutes; this leaves room for a slow machine.
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(3);
});

test.each([
  ['stages', 'FROM a\n'.repeat(101), 101],
  ['instructions', `FROM a\n${'RUN x\n'.repeat(1000)}`, 1001],
])('more %s than a person writes are refused where they begin, and not read', (what, dockerfile, line) => {
  const { messages, dockerfile: read } = lintDockerfile(dockerfile, facts);
  expect(messages).toContainEqual({
    line,
    severity: 'error',
    message: expect.stringMatching(`more than \\d+ ${what}\\. The rest was not read`),
  });
  expect(read.instructions.length).toBe(line - 1);
});

test('what is larger than 64 KiB is refused, with what to do instead', () => {
  const { messages } = lintDockerfile(`FROM a\n# ${'x'.repeat(65_536)}\n`, facts);
  expect(messages[0]).toMatchObject({ line: 1, severity: 'error', message: expect.stringContaining('COPY') });
});
