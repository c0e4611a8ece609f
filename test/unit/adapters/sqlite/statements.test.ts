/** The statements that read a collection. */
import { expect, test } from 'vitest';
import { createTranslator } from '../../../../server/adapters/sqlite/filter.ts';
import { createStatements } from '../../../../server/adapters/sqlite/statements.ts';

const statements = createStatements('runs', createTranslator(new Set(['state'])));

test.each([
  ['all documents', statements.select({}, {}), 'SELECT id, doc FROM runs WHERE ', [-1, 0]],
  [
    'a page of them',
    statements.select({}, { limit: 5, skip: 10 }),
    'SELECT id, doc FROM runs WHERE ',
    [5, 10],
  ],
  ['their number', statements.count({}), 'SELECT count(*) AS n FROM runs WHERE ', []],
])('%s', (_, { text, params }, begins, last) => {
  expect(text.startsWith(begins)).toBe(true);
  expect(params).toEqual(last);
});

test('columns are named by their number, not by their path', () => {
  const { text } = statements.values(['state', 'task'], {}, {});
  expect(text).toMatch(/^SELECT .+ AS v0, .+ AS v1 FROM runs WHERE /);
});
