/** The translation to SQL, held against a plain model of the language on random documents. */
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTranslator, indexedValue } from '../../../../server/adapters/sqlite/filter.ts';
import type { Condition, Filter } from '../../../../server/ports/store.ts';

type Doc = Record<string, unknown>;
type Scalar = string | number | boolean | null;

function valueAt(doc: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, key) => {
    const inside =
      typeof node === 'object' && node !== null && !Array.isArray(node) && Object.hasOwn(node, key);
    return inside ? (node as Doc)[key] : undefined;
  }, doc);
}

function modelMatches(doc: Doc, filter: Filter): boolean {
  return Object.entries(filter).every(([path, condition]) => meets(valueAt(doc, path), condition));
}

function meets(value: unknown, condition: Condition): boolean {
  const same = (wanted: Scalar): boolean => (wanted === null ? value == null : value === wanted);
  if (condition === null || typeof condition !== 'object') return same(condition);
  return Object.entries(condition).every(([operator, operand]) => {
    if (operator === '$in') return (operand as Scalar[]).some(same);
    if (operator === '$ne') return !same(operand as Scalar);
    if (operator === '$exists') return (value !== undefined) === operand;
    if (typeof value !== typeof operand) return false;
    // SQLite compares texts by their UTF-8 bytes, as MongoDB does.
    const order =
      typeof value === 'string'
        ? Buffer.compare(Buffer.from(value), Buffer.from(String(operand)))
        : Number(value) - Number(operand);
    return { $gt: order > 0, $gte: order >= 0, $lt: order < 0, $lte: order <= 0 }[operator] === true;
  });
}

const key = fc.constantFrom('a', 'b', "'", '"', '\\', '__proto__', 'constructor', '$', 'é', '[0]', 'x y');
const text = fc.oneof(
  fc.constantFrom('', 'a', '1', 'true', 'null', '{}', '[]', "'"),
  fc.string({ unit: 'binary' }),
);
const number = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const ordered = fc.oneof(text, number);
// As stored: through JSON, which knows no -0.
const doc = fc
  .letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(scalar, { maxLength: 2 }), tie('doc')),
    doc: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  }))
  .doc.map((value) => JSON.parse(JSON.stringify(value)) as Doc);
const condition = fc.oneof(
  scalar,
  fc.record({ $in: fc.array(scalar, { maxLength: 4 }) }),
  fc.record({ $ne: scalar }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $gt: ordered }),
  fc.record({ $gte: ordered, $lt: ordered }),
  fc.record({ $lte: ordered }),
) as fc.Arbitrary<Condition>;
const path = fc.array(key, { minLength: 1, maxLength: 3 }).map((keys) => keys.join('.'));
const filter = fc.dictionary(path, condition, { maxKeys: 2, noNullPrototype: true });

test('finds what the model finds', () => {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE t (id TEXT PRIMARY KEY, doc TEXT)');
  const { where, orderBy } = createTranslator(new Set());
  fc.assert(
    fc.property(fc.array(doc, { maxLength: 5 }), filter, (docs, wanted) => {
      db.exec('DELETE FROM t');
      const insert = db.prepare('INSERT INTO t VALUES (?, ?)');
      for (const [index, each] of docs.entries()) insert.run(String(index), JSON.stringify(each));
      const [term, order] = [where(wanted), orderBy({ id: 1 })];
      const rows = db.prepare(`SELECT id FROM t WHERE ${term.text}${order.text}`).all(...term.params);
      const expected = [...docs.keys()].filter((index) => modelMatches(docs[index] ?? {}, wanted));
      expect(rows.map((row) => Number(row['id']))).toEqual(expected);
    }),
    { numRuns: 2000 },
  );
});

test('queries of indexed paths use the index', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(`CREATE TABLE t (id TEXT PRIMARY KEY, doc TEXT);
    CREATE INDEX by_both ON t (${indexedValue('state')}, ${indexedValue('at')})`);
  const { where, orderBy } = createTranslator(new Set(['state', 'at']));
  const filters: Filter[] = [
    { state: 'x' },
    { state: { $in: ['x', 'y'] } },
    { state: 'x', at: { $lt: 'y' } },
    { state: null },
  ];
  for (const wanted of filters) {
    const term = where(wanted);
    const plan = db.prepare(`EXPLAIN QUERY PLAN SELECT id FROM t WHERE ${term.text}`).all(...term.params);
    expect(JSON.stringify(plan)).toContain('SEARCH t USING');
    expect(JSON.stringify(plan)).toContain('by_both');
  }
  const [term, order] = [where({ state: 'x' }), orderBy({ at: -1 })];
  const plan = db
    .prepare(`EXPLAIN QUERY PLAN SELECT id FROM t WHERE ${term.text}${order.text}`)
    .all(...term.params);
  expect(JSON.stringify(plan)).not.toContain('TEMP B-TREE');
});

test('no value and no foreign path is ever part of the SQL', () => {
  const { where, orderBy, groupKey } = createTranslator(new Set(['state']));
  const path = 'evil\'"path';
  const texts = [where({ [path]: 'evil', state: 'evil' }), where({ [path]: { $in: ['evil', true, null] } })];
  for (const { text } of [...texts, orderBy({ [path]: 1 }), groupKey(path)])
    expect(text).not.toContain('evil');
});

test('an empty part of a path is refused', () => {
  const { where } = createTranslator(new Set());
  for (const wrong of ['', '.', 'a.', '.a', 'a..b'])
    expect(() => where({ [wrong]: 1 })).toThrow('not a path');
});
