import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileProblemReport } from '../../../../server/courses/task.ts';
import { readYaml, type YamlFile } from '../../../../server/courses/yaml/yaml-file.ts';
import { effortOf } from '../../../support/effort.ts';

function yaml(source: string): YamlFile {
  const read = readYaml(source, 'f.yaml');
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read;
}

const key = fc
  .stringMatching(/^[a-z_]{1,12}$/)
  .filter((word) => !/^(on|off|yes|no|y|n|true|false|null)$/.test(word));
/** Numbers that JSON and YAML 1.1 write alike. */
const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.string({ unit: 'grapheme' }));
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe('a YAML file', () => {
  test('that is JSON says what the JSON says', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(yaml(JSON.stringify(value, null, 1)).value).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  test('points to the line of each of its keys', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1 }), fc.nat(5), (keys, blank) => {
        const file = yaml(keys.map((each) => `${'\n'.repeat(blank)}${each}: 1\n`).join(''));
        for (const [index, each] of keys.entries()) {
          const line = (blank + 1) * (index + 1);
          expect(file.fault([each], 'x')).toEqual({ file: 'f.yaml', line, column: 1, message: 'x' });
        }
      }),
    );
  });

  test('with a fault in each of its many values has each reported in time', () => {
    const count = 8000;
    const many = yaml(`a: &a\n${Array.from({ length: count }, (_, n) => ` k${n}: 1\n`).join('')}b: *a\n`);
    const lines: unknown[] = [];
    const effort = effortOf(() => {
      for (let n = 0; n < count; n++) lines.push(many.fault(['b', `k${n}`], '').line);
    });
    expect(lines).toEqual(Array.from({ length: count }, (_, n) => n + 2));
    expect(effort).toBeLessThan(25);
  });

  test('with a key twice means the last, and points to it', () => {
    fc.assert(
      fc.property(key, fc.integer(), fc.integer(), (each, first, last) => {
        const file = yaml(`${each}: ${first}\n${each}: ${last}\n`);
        expect(file.value).toEqual({ [each]: last });
        expect(file.fault([each], 'x').line).toBe(2);
      }),
    );
  });

  test.each([
    ['a map in a map', 'problems:\n  q1: {type: code}\n  q1: {type: match}\n', ['3:3 problems.q1']],
    ['a map in a list', 'a:\n- b: 1\n  c: 2\n  b: 3\n', ['4:3 a.0.b']],
    ['braces, and at the top', 'x: {y: 1, y: 2}\nx: {}\n', ['1:11 x.y', '2:1 x']],
    ['nothing: maps may be merged from several', 'a: &a {x: 1}\nb: {<<: *a, <<: *a}\n', []],
  ])('names a key that is there twice in %s', (_, text, expected) => {
    const lines = (found: FileProblemReport[]) =>
      found.map(({ line, column, message }) => `${line}:${column} ${message.split(':')[0]}`);
    expect(lines(yaml(text).repeated)).toEqual(expected);
    const strict = readYaml(text, 'f.yaml', { strict: true });
    expect('problems' in strict ? lines(strict.problems) : []).toEqual(expected);
  });

  test('with a tab where blanks must be says where, however deep', () => {
    fc.assert(
      fc.property(fc.nat(20), (depth) => {
        const lines = Array.from({ length: depth }, (_, index) => `${' '.repeat(index)}a:`);
        const read = readYaml([...lines, `${' '.repeat(depth)}b: 1`, '\tc: 2'].join('\n'), 'f.yaml');
        expect('problems' in read && read.problems[0]).toMatchObject({ line: depth + 2, column: 1 });
      }),
    );
  });

  test('reads words as INGInious’ reader does, but keeps dates and times as they were written', () => {
    expect(yaml('[on, Yes, off, 0x1F, 0o17, 017, 1_000, ~, 2026-01-01, 10:30, "on"]').value).toEqual([
      ...[true, true, false, 31, '0o17', 15, 1000, null, '2026-01-01', '10:30', 'on'],
    ]);
    expect(yaml('a: &x {b: 1}\nc: {<<: *x, d: 2}').value).toEqual({ a: { b: 1 }, c: { b: 1, d: 2 } });
  });
});
