/** Mistakes in YAML, each with our own sentence: what is wrong, and what to do. */
import { describe, expect, test } from 'vitest';
import { readYaml } from '../../../../server/courses/yaml/yaml-file.ts';

const sentences = (text: string): string[] => {
  const read = readYaml(text, 'f.yaml');
  return 'problems' in read ? read.problems.map(({ line, message }) => `${line} ${message}`) : [];
};

describe('a mistake in YAML is named', () => {
  test.each<[string, string, string | RegExp]>([
    [
      'a colon in a text',
      'name: Exercise 1: loops\n',
      '1 YAML: a text with ":" in it needs quotes: name: "Exercise 1: loops"',
    ],
    [
      'a colon at the end of a text',
      'a: 1\nheader: Read this:\n',
      '2 YAML: a text with ":" in it needs quotes: header: "Read this:"',
    ],
    [
      'a colon in an item of a list',
      'choices:\n  - text: one: two\n',
      '2 YAML: a text with ":" in it needs quotes: text: "one: two"',
    ],
    [
      'a second document',
      'name: a\n---\nname: b\n',
      /^2 YAML: a second document begins here \("---"\).*take this line out/,
    ],
    [
      'a second document behind a first line',
      '---\nname: a\n---\n',
      /^3 YAML: a second document begins here/,
    ],
    ['a tab', 'a:\n\tb: 1\n', /^2 YAML: a tab is at the beginning of this line: put blanks/],
    [
      'a key that is indented too little',
      'a:\n    b: 1\n  c: 2\n',
      /^3 YAML: .*(same number of blanks|indent the keys)/,
    ],
    ['a quote that is not closed', 'a: "x\nb: 1\n', /^\d YAML: a text begins with " and has no " at its end/],
    [
      'a single quote that is not closed',
      "a: 'x\n",
      /^\d YAML: a text begins with ' and has no ' at its end/,
    ],
    [
      'a bracket that is not closed',
      'a: [1, 2\nb: 1\n',
      /^\d YAML: .*(bracket|list or map over several lines|belong)/,
    ],
    ['an at sign', 'a: @x\n', /^1 YAML: a text cannot begin with this character: put the text in quotes/],
    ['a percent sign', 'a: %x\n', /^1 YAML: a text cannot begin with this character: put the text in quotes/],
    ['a backslash', 'a: "C:\\q"\n', /^1 YAML: in double quotes a backslash is special/],
    ['text behind a text', 'a: "x" y\n', /^1 YAML: this does not belong here: remove it/],
    ['a key without a colon', 'a: 1\nb\nc: 2\n', /^2 YAML: .*":"/],
  ])('%s', (_, text, wanted) => {
    const [first = '', ...others] = sentences(text);
    expect(first).toMatch(wanted);
    for (const one of [first, ...others])
      expect(one).not.toMatch(
        /implicit|mapping|sequence|scalar|flow|collection|parseAllDocuments|token|Nested/i,
      );
    expect(new Set([first, ...others]).size).toBe(others.length + 1);
  });
});
