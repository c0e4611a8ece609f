/** Who may import whom, and no circles. The rooms and their arrows are in support/architecture/rooms.ts. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { circlesOf } from './support/architecture/circles.ts';
import { files, type Import, importsIn, ROOT, readImports } from './support/architecture/imports.ts';
import { longFunctionsIn } from './support/architecture/long-functions.ts';
import { ALLOWED, houseOf, mayImport, ROOM_FILES, roomOf, TOP } from './support/architecture/rooms.ts';
import { spreadsIn, withoutSpreads } from './support/architecture/spreads.ts';

const imports = readImports();
const arrows = [...imports].flatMap(([from, list]) =>
  [...new Set(list.map(({ to }) => to))].map((to) => ({ from, to })),
);
const written = (wrong: typeof arrows) => wrong.map(({ from, to }) => `${from} → ${to}`).sort();

describe('the house', () => {
  test('has files in every room that the rules speak of, and rules for every room', () => {
    const rooms = new Set(files.map(roomOf));
    for (const room of Object.keys(ALLOWED)) expect(rooms, room).toContain(room);
    expect([...rooms].filter((room) => !(room in ALLOWED) && !TOP.includes(houseOf(room)))).toEqual([]);
    expect(files.length).toBeGreaterThan(700);
  });

  test('has rooms of one purpose: few files lie flat in each', () => {
    const counts = new Map<string, number>();
    for (const folder of files.filter((file) => file.startsWith('server/')).map(dirname))
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > ROOM_FILES)).toEqual([]);
  });

  test('imports only along its arrows', () => {
    const wrong = arrows.filter(({ from, to }) => !mayImport(roomOf(from), roomOf(to)));
    expect(written(wrong)).toEqual([]);
  });

  test('is wired in main and by commands: no other room knows them', () => {
    const wires = new Set(['main', 'cli', 'bench', 'bin', 'test']);
    const wrong = arrows.filter(
      ({ from, to }) => ['main', 'cli'].includes(houseOf(roomOf(to))) && !wires.has(houseOf(roomOf(from))),
    );
    expect(written(wrong)).toEqual([]);
  });

  test('does not lean on its tests', () => {
    const wrong = arrows.filter(({ from, to }) => roomOf(to) === 'test' && roomOf(from) !== 'test');
    // Measures of the benchmark share the stand-ins of the tests.
    expect(written(wrong.filter(({ from }) => roomOf(from) !== 'bench'))).toEqual([]);
  });

  test('tests share what is in test/support, and nothing else', () => {
    const wrong = arrows.filter(
      ({ to }) =>
        to.startsWith('test/') && !/^test\/support\/|\.contract\.ts$|^test\/(fresh|environments)\//.test(to),
    );
    expect(written(wrong)).toEqual([]);
  });

  test('imports files that are there', () => {
    const known = new Set(files);
    const wrong = arrows.filter(({ to }) => /\.(ts|mjs)$/.test(to) && !known.has(to));
    expect(written(wrong)).toEqual([]);
  });

  test('starts a worker that reaches no store, person, course folder or page', () => {
    const reached = new Set(['server/main/worker-process.ts']);
    for (const file of reached)
      for (const { to, typeOnly } of imports.get(file) ?? []) if (!typeOnly) reached.add(to);
    const foreign =
      /^server\/(site|people|submissions|lti|adapters\/(sqlite|mongo|queue-local)|courses\/catalogue)/;
    expect([...reached].filter((file) => foreign.test(file))).toEqual([]);
  });

  test('has no circles of imports when it runs', () => {
    const values = new Map(
      [...imports].map(([file, list]) => [file, list.filter(({ typeOnly }) => !typeOnly)]),
    );
    expect(circlesOf(values)).toEqual([]);
  });

  test('has no circles of types', () => {
    expect(circlesOf(imports)).toEqual([]);
  });

  test('spreads no literal into another one', () => {
    const spread = files.filter((file) => spreadsIn(file, readFileSync(join(ROOT, file), 'utf8')).length > 0);
    expect(spread).toEqual([]);
  });

  test('has no file over 300 lines', () => {
    const long = files.filter((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length > 300);
    expect(long).toEqual([]);
  });

  test('has no function over 75 lines', () => {
    expect(files.flatMap((file) => longFunctionsIn(file, readFileSync(join(ROOT, file), 'utf8')))).toEqual(
      [],
    );
  });
});

describe('imports are read', () => {
  const read = (source: string, file = 'x.ts') =>
    importsIn(file, source).map(({ to, typeOnly }: Import) => `${to} ${typeOnly ? 'type' : 'value'}`);

  test('whatever form they have', () => {
    expect(read(`import { a } from './a.ts';\nexport * from './b.ts';\nimport './c.ts';`)).toEqual([
      './a.ts value',
      './c.ts value',
      './b.ts value',
    ]);
    expect(read(`const d = await import('./d.ts'); import e from 'elsewhere';`)).toEqual(['./d.ts value']);
  });

  test('as types where nothing of them is left when it runs', () => {
    expect(read(`import type { A } from './a.ts'; import { type B } from './b.ts';`)).toEqual([
      './a.ts type',
      './b.ts type',
    ]);
    expect(read(`import { c, type C } from './c.ts'; export type { D } from './d.ts';`)).toEqual([
      './c.ts value',
      './d.ts type',
    ]);
    expect(read(`type E = import('./e.ts').E;`)).toEqual(['./e.ts type']);
    expect(read(`/** @typedef {import('./f.mjs').F} F */`, 'x.mjs')).toEqual(['./f.mjs type']);
  });

  test('circles once each, with every file on the way', () => {
    const arrow = (to: string): Import => ({ to, typeOnly: true });
    const three = new Map([
      ['a', [arrow('b')]],
      ['b', [arrow('c'), arrow('a')]],
      ['c', [arrow('a'), arrow('d')]],
      ['d', []],
    ]);
    expect(circlesOf(three)).toEqual(['a → b → a', 'a → b → c → a']);
  });
});

test('a spread of a literal is found, and taken out', () => {
  const source = 'const a = { ...{ b, c: 1 }, ...d, ...(e && { f }) };';
  expect(spreadsIn('a.ts', source).length).toBe(1);
  expect(withoutSpreads('a.ts', source)).toBe('const a = { b, c: 1, ...d, ...(e && { f }) };');
});

describe('a long function is found', () => {
  const lines = (count: number, line = 'go();') => `${line}\n`.repeat(count);

  test('in each form, by the line that it begins in', () => {
    const source = `function a() {\n${lines(3)}}\nconst b = () => {\n${lines(3)}};\nclass C { d() {\n${lines(3)}} }`;
    expect(longFunctionsIn('x.ts', source, 4)).toEqual(['x.ts:1', 'x.ts:6', 'x.ts:11']);
    expect(longFunctionsIn('x.ts', source, 5)).toEqual([]);
  });

  test('unless it only lists tests: then each test is measured', () => {
    const list = (length: number) =>
      `describe.each([1])('a', () => {\n${lines(3, `test('b', () => {\n${lines(length)}});`)}});`;
    expect(longFunctionsIn('x.test.ts', list(1), 4)).toEqual([]);
    expect(longFunctionsIn('x.test.ts', list(4), 5).length).toBe(3);
  });
});
