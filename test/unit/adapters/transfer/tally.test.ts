import { expect, test } from 'vitest';
import { canonical, createTally } from '../../../../server/adapters/transfer/tally.ts';

const countOf = (...docs: unknown[]) => {
  const tally = createTally();
  for (const doc of docs) tally.add(doc);
  return tally.count();
};

test('the order of documents and of keys says nothing; every value does', () => {
  expect(countOf({ a: 1, b: [2] }, { c: null })).toEqual(
    countOf({ c: null }, { b: [2], a: 1, d: undefined }),
  );
  const others = [
    countOf({ a: 1 }),
    countOf({ a: '1' }),
    countOf({ a: [1] }),
    countOf({ a: null }),
    countOf({}),
  ];
  expect(new Set(others.map(({ checksum }) => checksum)).size).toBe(others.length);
});

test('the same document twice is not the same as none', () => {
  expect(countOf({ a: 1 }, { a: 1 }).checksum).not.toBe(countOf().checksum);
  expect(countOf()).toEqual({ documents: 0, checksum: '0'.repeat(64) });
});

test('nested objects cannot pass for flat ones, nor a key for its neighbour', () => {
  const texts = [{ a: { b: 1 } }, { 'a":{"b': 1 }, { a: '{"b":1}' }, { a: [{ b: 1 }] }].map(canonical);
  expect(new Set(texts).size).toBe(texts.length);
});

test('half a surrogate pair counts as what MongoDB keeps of it', () => {
  expect(canonical({ 'a\ud800': 'x\udc00' })).toBe(canonical({ 'a\ufffd': 'x\ufffd' }));
});
