import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChange } from '../../../../server/adapters/sqlite/change.ts';
import type { Change } from '../../../../server/ports/store.ts';

const cases: [string, Record<string, unknown>, Change, unknown][] = [
  ['sets', { a: 1 }, { $set: { a: 2, b: null } }, { a: 2, b: null }],
  ['sets beneath what is missing', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
  ['replaces an object as a whole', { a: { b: 1 } }, { $set: { a: { c: 2 } } }, { a: { c: 2 } }],
  ['two places of one object', { a: {} }, { $set: { 'a.x': 1, 'a.y': 2 } }, { a: { x: 1, y: 2 } }],
  ['unsets', { a: { b: 1, c: 2 } }, { $unset: { 'a.b': true } }, { a: { c: 2 } }],
  ['unsets what is not there', { a: 1 }, { $unset: { b: true, 'a.c': true } }, { a: 1 }],
  [
    'counts up, down, and from nothing',
    { a: 1, b: 1 },
    { $inc: { a: 2, b: -1, c: 5 } },
    { a: 3, b: 0, c: 5 },
  ],
  [
    'all at once',
    { a: 1, b: 2, c: 3 },
    { $set: { a: 9 }, $unset: { b: true }, $inc: { c: 1 } },
    { a: 9, c: 4 },
  ],
  ['nothing', { a: 1 }, {}, { a: 1 }],
  ['no inherited member is a value', {}, { $set: { 'constructor.name': 1 } }, { constructor: { name: 1 } }],
];
test.each(cases)('%s', (_, doc, change, expected) => {
  const before = structuredClone(doc);
  expect(applyChange(doc, change)).toEqual(expected);
  expect(doc).toEqual(before);
});

const mistakes: [string, Record<string, unknown>, Change][] = [
  ['$set through a text', { a: 'x' }, { $set: { 'a.b': 1 } }],
  ['$set through null', { a: null }, { $set: { 'a.b': 1 } }],
  ['$set through a list', { a: [1] }, { $set: { 'a.0': 1 } }],
  ['$set to undefined', {}, { $set: { a: undefined } }],
  ['$inc of a text', { a: '1' }, { $inc: { a: 1 } }],
  ['$inc of null', { a: null }, { $inc: { a: 1 } }],
  ['one path twice', {}, { $set: { a: 1 }, $inc: { a: 1 } }],
  ['a path and one beneath it', {}, { $set: { a: {} }, $unset: { 'a.b': true } }],
  ['the same with another path sorted between', {}, { $set: { a: {}, 'a-b': 1, 'a.b': 1 } }],
  ['an empty part', {}, { $set: { 'a..b': 1 } }],
];
test.each(mistakes)('refuses %s', (_, doc, change) => {
  expect(() => applyChange(doc, change)).toThrow(TypeError);
});

test('no path pollutes a prototype', () => {
  const key = fc.constantFrom('__proto__', 'constructor', 'prototype', 'a');
  const path = fc.array(key, { minLength: 1, maxLength: 4 }).map((keys) => keys.join('.'));
  const members = (): string[] =>
    [Object.prototype, Object, Array.prototype].flatMap(Object.getOwnPropertyNames);
  const before = members();
  fc.assert(
    fc.property(path, path, fc.jsonValue(), (set, unset, value) => {
      try {
        applyChange(applyChange({}, { $set: { [set]: value } }), { $unset: { [unset]: true } });
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
      }
      expect(members()).toEqual(before);
    }),
  );
});
