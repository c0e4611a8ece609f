import { describe, expect, test } from 'vitest';
import { printedNumber, sixties } from '../../../../server/courses/yaml/python-words.ts';
import { readYaml, type YamlFile } from '../../../../server/courses/yaml/yaml-file.ts';
import { effortOf } from '../../../support/effort.ts';

function yaml(source: string): YamlFile {
  const read = readYaml(source, 'f.yaml');
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read;
}
const meaningOf = (word: string): unknown => Object(yaml(`a: ${word}\n`).value).a;

/** Each as PyYAML 6.0 reads it: yaml.safe_load("a: …"). */
describe('a plain word means what it means to PyYAML', () => {
  test.each<[string, unknown]>([
    ...['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word): [string, unknown] => [
      word,
      true,
    ]),
    ...['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word): [string, unknown] => [
      word,
      false,
    ]),
    ...['y', 'Y', 'n', 'N', 'yES', 'tRue', 'oN', 'nULL', '=', '.', '+', '-.', '_1'].map(
      (word): [string, unknown] => [word, word],
    ),
    ...['~', 'null', 'Null', 'NULL', ''].map((word): [string, unknown] => [word, null]),
    ['0', 0],
    ['-0', 0],
    ['+12', 12],
    ['-7', -7],
    ['1_000', 1000],
    ['010', 8],
    ['-017', -15],
    ['0_7', 7],
    ['08', '08'],
    ['0o17', '0o17'],
    ['0b101', 5],
    ['-0b1_0', -2],
    ['0b2', '0b2'],
    ['0x1F', 31],
    ['+0xf_f', 255],
    ['0b_', '0b_'],
    ['3.5', 3.5],
    ['1.', 1],
    ['-1_0.2_5', -10.25],
    ['.5', 0.5],
    ['-.5', '-.5'],
    ['1e3', '1e3'],
    ['1.0e3', '1.0e3'],
    ['1.0e+3', 1000],
    ['1.5E-1', 0.15],
    ['.5e+1', 5],
    ['.inf', Number.POSITIVE_INFINITY],
    ['-.INF', Number.NEGATIVE_INFINITY],
    ['.NaN', Number.NaN],
    ['.Nan', '.Nan'],
    ['!!str 010', '010'],
    ['!!int "010"', 8],
    ['"010"', '010'],
    ["'yes'", 'yes'],
    ['!!binary aGk=', new Uint8Array([104, 105])],
  ])('%s', (word, value) => {
    const read = meaningOf(word);
    const isBytes = value instanceof Uint8Array && read instanceof Uint8Array;
    expect({ a: isBytes ? [...read] : read }).toEqual({ a: isBytes ? [...value] : value });
  });

  test('except that times and dates stay as they were written', () => {
    for (const word of [
      '1:30',
      '10:30:15',
      '1:30.5',
      '2026-01-01',
      '2026-01-01 10:00:00',
      '2026-1-1T1:00:00Z',
    ])
      expect(meaningOf(word)).toBe(word);
  });

  test('whatever version the file says it is in', () => {
    expect(yaml('%YAML 1.2\n---\n[on, y, 010, 1e3]').value).toEqual([true, 'y', 8, '1e3']);
  });

  test('as a key, too', () => {
    expect(Object.keys(Object(yaml('y: 1\nn: 2\n1e3: 3\n').value))).toEqual(['y', 'n', '1e3']);
  });
});

describe('what Python prints of a number', () => {
  test.each([
    ['42', '42'],
    ['010', '8'],
    ['12345678901234567890', '12345678901234567890'],
    ['-0x10', '-16'],
    ['1_0', '10'],
    ['2.50', '2.5'],
    ['-7.', '-7.0'],
    ['-0.0', '-0.0'],
    ['0.0001', '0.0001'],
    ['0.00001', '1e-05'],
    ['1.5e-7', '1.5e-07'],
    ['9999999999999998.0', '9999999999999998.0'],
    ['10000000000000000.0', '1e+16'],
    ['1.0e+100', '1e+100'],
    ['.1', '0.1'],
    ['.inf', 'inf'],
    ['-.inf', '-inf'],
    ['.nan', 'nan'],
    ['10:30', '630'],
    ['-1:30', '-90'],
    ['1:30.5', '90.5'],
  ])('%s is %s', (written, printed) => {
    expect(printedNumber(written)).toBe(printed);
  });

  test('is nothing for other words', () => {
    for (const word of ['', 'yes', '1e3', '08', '-.5', '1:60', '0:30', 'x'])
      expect(printedNumber(word)).toBeNull();
  });
});

test('hours and minutes are a number of minutes where a number is asked for', () => {
  expect(['1:30', '2:00:00', '-1:30', '1:30.5', '1:3O', '30'].map(sixties)).toEqual([
    ...[90, 7200, -90, 90.5, null, null],
  ]);
});

describe('maps that merge others', () => {
  const merging = yaml(
    'base: &a {x: 1, y: 2}\nother: &b {y: 3, z: 4}\nall: {<<: [*a, *b], x: 9}\none:\n  <<: *a\n  w: 5\n',
  );

  test('have what they merge; their own word counts, then the first', () => {
    expect(merging.value).toMatchObject({ all: { x: 9, y: 2, z: 4 }, one: { x: 1, y: 2, w: 5 } });
  });

  test('have its keys, and each points to where it was written', () => {
    expect(merging.keys(['all']).toSorted()).toEqual(['x', 'y', 'z']);
    expect(merging.keys(['one'])).toEqual(['x', 'y', 'w']);
    expect(merging.fault(['all', 'z'], 'm')).toMatchObject({ line: 2, column: 18 });
    expect(merging.fault(['all', 'x'], 'm')).toMatchObject({ line: 3, column: 21 });
    expect(merging.plain(['one', 'y'])).toBe('2');
  });

  test('cannot use up the server', () => {
    const level = (n: number) =>
      `m${n}: &m${n} {<<: [${Array(9)
        .fill(`*m${n - 1}`)
        .join(', ')}]}\n`;
    const bomb = `m0: &m0 {k: 1}\n${Array.from({ length: 12 }, (_, n) => level(n + 1)).join('')}`;
    expect(
      effortOf(() => {
        const read = readYaml(bomb, 'f.yaml');
        if (!('problems' in read)) expect(read.keys(['m12'])).toEqual(['k']);
      }),
    ).toBeLessThan(25);
    const wide = `a: &a {${Array.from({ length: 5000 }, (_, n) => `k${n}: 1`).join(', ')}}\nb: [${'{<<: *a}, '.repeat(5000)}]\n`;
    expect(effortOf(() => readYaml(wide, 'f.yaml'))).toBeLessThan(25);
    expect(readYaml(wide, 'f.yaml')).toMatchObject({
      problems: [{ message: 'YAML: "<<" takes over too much.' }],
    });
    const everything = `a: &a {${Array.from({ length: 8000 }, (_, n) => `k${n}`).join(', ')}}\nb: {<<: [${'*a, '.repeat(12_000)}]}\n`;
    expect(effortOf(() => readYaml(everything, 'f.yaml'))).toBeLessThan(25);
    expect(readYaml(everything, 'f.yaml')).toMatchObject({
      problems: [{ message: 'YAML: "<<" takes over too much.' }],
    });
    const nothing = `a: &a {}\nb: [${'{<<: *a}, '.repeat(5000)}]\n`;
    expect(effortOf(() => readYaml(nothing, 'f.yaml'))).toBeLessThan(25);
    expect(readYaml(nothing, 'f.yaml')).toMatchObject({ value: { a: {} } });
    expect(yaml('a: &a {<<: *a, k: 1}\n').value).toEqual({ a: { k: 1 } });
  });

  test('say so where there is no map', () => {
    expect(readYaml('a: {<<: 3}', 'f.yaml')).toMatchObject({
      problems: [{ message: 'YAML: "<<" needs a map, or a list of maps.' }],
    });
  });
});
