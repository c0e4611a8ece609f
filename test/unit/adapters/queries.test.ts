/** Every question of the code to a collection is answered by a declared index, or reads everything for a reason. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { declaredIndexes, indexName } from '../../../server/adapters/sqlite/database.ts';
import { createTranslator } from '../../../server/adapters/sqlite/filter.ts';
import { type CollectionName, collectionNames, collections } from '../../../server/model/collections.ts';
import type { Condition, Filter } from '../../../server/ports/store.ts';
import { indexesFor, isListed, type Query, queries, type Shape } from '../../support/store/query-shape.ts';
import { querySites } from '../../support/store/query-sites.ts';

const COUNT = 100_000;

describe('the list of questions', () => {
  test('has every place in the code that asks, and no other', () => {
    const listed = queries.map(({ at, collection, method }) => `${at} ${collection}.${method}`);
    expect(listed).toEqual(querySites());
  });

  test('names paths of the schema, each a single value unless it is only asked whether it is there', () => {
    for (const { collection, shapes, at } of queries)
      for (const { terms, order } of shapes)
        for (const { path } of [...terms, ...order])
          expect(path.endsWith('.') || isSingle(collection, path), `${at}: ${path}`).toBe(true);
  });

  test('tells what is in it from what is not', () => {
    const own = { course: 'c', task: 't', userId: 'u' };
    const newest = { sort: { queuedAt: -1 } } as const;
    expect(isListed('runs', 'pluck', own, newest)).toBe(true);
    expect(isListed('runs', 'pluck', { ...own, userId: { $in: ['u'] } }, newest)).toBe(true);
    expect(isListed('runs', 'pluck', own, { sort: { doneAt: -1 } })).toBe(false);
    expect(isListed('runs', 'pluck', { course: 'c' }, {})).toBe(false);
    expect(isListed('runs', 'pluck', { ...own, course: { $ne: 'c' } }, newest)).toBe(false);
    expect(isListed('submissions', 'remove', { id: 's' }, {})).toBe(false);
  });
});

type Case = { title: string; collection: CollectionName; shape: Shape };
const cases: Case[] = queries.flatMap((query) => query.shapes.map((shape) => ({ ...caseOf(query, shape) })));

function caseOf({ at, collection, method }: Query, shape: Shape): Case {
  const terms = shape.terms.map(({ path, isRest }) => (isRest ? `${path}*` : path));
  return { title: `${at} ${collection}.${method} by ${terms.join(' ')}`, collection, shape };
}

test.each(cases)('an index answers $title', ({ collection, shape }) => {
  if (shape.reason === null) expect(indexesFor(collection, shape)).not.toEqual([]);
  else expect(shape.reason).not.toBe('');
});

/** Large enough that reading every document would take long; SQLite plans without having counted them. */
describe('100,000 documents of each large collection on SQLite', () => {
  const database = new DatabaseSync(':memory:');
  afterAll(() => database.close());
  const large = ['runs', 'submissions', 'sessions', 'gradeReturns', 'ltiLaunches', 'users'] as const;
  beforeAll(() => {
    for (const name of collectionNames)
      database.exec(`CREATE TABLE ${name} (id TEXT PRIMARY KEY NOT NULL, doc TEXT NOT NULL) STRICT`);
    const [first, ...others] = large;
    fill(database, first);
    for (const name of others) database.exec(`INSERT INTO ${name} SELECT id, doc FROM ${first}`);
    // After the documents, which takes half as long as keeping the indexes up to date.
    for (const { sql } of declaredIndexes()) database.exec(sql);
  }, 120_000);

  const indexed = cases.filter(({ shape }) => shape.reason === null);
  test.each(indexed)('$title', ({ collection, shape }) => {
    // What may be a list is one value for most people.
    for (const kind of ['list', 'equal'] as const) {
      const { text, params } = statementOf(collection, shape, kind);
      const plan = database
        .prepare(`EXPLAIN QUERY PLAN ${text}`)
        .all(...params)
        .map(({ detail }) => String(detail));
      const used = /^SEARCH \w+ USING (?:COVERING )?INDEX (\S+)/.exec(plan[0] ?? '')?.[1];
      expect(namesFor(collection, shape), `${kind}: ${plan.join('; ')}`).toContain(used);
      const sorts = plan.some((line) => line.includes('USE TEMP B-TREE FOR ORDER BY'));
      if (!shape.isOrderedInMemory) expect(sorts, plan.join('; ')).toBe(false);
      // It must be one that SQLite takes with these values, too.
      database.prepare(text).get(...params);
    }
  });
});

const namesFor = (collection: CollectionName, shape: Shape): string[] =>
  indexesFor(collection, shape).map((paths) =>
    paths[0] === 'id' ? `sqlite_autoindex_${collection}_1` : indexName(collection, paths),
  );

function fill(database: DatabaseSync, name: CollectionName): void {
  const at = `strftime('%Y-%m-%dT%H:%M:%fZ', 1763632800 + n, 'unixepoch')`;
  const members = {
    course: `'c' || (n % 20)`,
    task: `'t' || (n % 50)`,
    userId: `'u' || (n % 997)`,
    submission: `'s' || n`,
    state: `iif(n % 1000 = 0, 'queued', 'done')`,
    name: `'name-' || n`,
    at,
    queuedAt: at,
    doneAt: at,
    nextAt: at,
    expiresAt: at,
    environment: `json_object('name', 'e' || (n % 30), 'digest', 'd' || (n % 300))`,
  };
  const pairs = Object.entries(members).flatMap(([key, value]) => [`'${key}'`, value]);
  database.exec(`WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${COUNT})
    INSERT INTO ${name} SELECT printf('%s-%06d', '${name}', n), json_object(${pairs.join(', ')}) FROM numbers`);
}

/** As the store asks it. */
function statementOf(
  collection: CollectionName,
  shape: Shape,
  listed: 'list' | 'equal',
): { text: string; params: SQLInputValue[] } {
  const translate = createTranslator(
    new Set(collections[collection].indexes.flatMap(({ paths }) => [...paths])),
  );
  const filter: Filter = Object.fromEntries(
    shape.terms.map(({ path, kind }) => [
      path,
      valueFor(path, kind === 'list' ? listed : kind === 'other' ? 'equal' : kind),
    ]),
  );
  const where = translate.where(filter);
  const sort = Object.fromEntries(shape.order.map(({ path, way }) => [path, way]));
  const order = translate.orderBy(sort, filter);
  const text = `SELECT id, doc FROM ${collection} WHERE ${where.text}${order.text} LIMIT ? OFFSET ?`;
  return { text, params: [...where.params, ...order.params, 1000, 0] };
}

function valueFor(path: string, kind: 'equal' | 'list' | 'range'): Condition {
  const value = path.endsWith('At') || path === 'at' ? '2025-11-20T10:00:10.000Z' : 'x1';
  if (kind === 'list') return { $in: [value, 'x2'] };
  return kind === 'range' ? { $lte: value } : value;
}

/** MongoDB looks into lists where SQLite does not. */
function isSingle(collection: CollectionName, path: string): boolean {
  let node: unknown = collections[collection].schema;
  for (const part of path.split('.')) {
    node = unwrapped(node);
    const shape: unknown = Reflect.get(Object(node), 'shape');
    if (typeof shape !== 'object' || shape === null || !Object.hasOwn(shape, part)) return false;
    node = Reflect.get(shape, part);
  }
  const type = Reflect.get(Object(Reflect.get(Object(unwrapped(node)), 'def')), 'type');
  return ['string', 'number', 'boolean', 'enum'].includes(String(type));
}

function unwrapped(node: unknown): unknown {
  const def: unknown = Reflect.get(Object(node), 'def');
  const inner: unknown = Reflect.get(Object(def), 'innerType');
  return inner === undefined ? node : unwrapped(inner);
}
