/** How a genuine MongoDB answers every question of the code, with 100,000 documents; other servers have no plans. */
import { mongo } from 'mongoose';
import { expect, test } from 'vitest';
import { toMongoFilter, toMongoSort } from '../../../../server/adapters/mongo/language/filter.ts';
import { openMongoStore } from '../../../../server/adapters/mongo/open.ts';
import type { CollectionName } from '../../../../server/model/collections.ts';
import type { Condition, Filter } from '../../../../server/ports/store.ts';
import { describeWithMongo, freshDatabase } from '../../../support/mongo/server.ts';
import { queries, type Shape } from '../../../support/store/query-shape.ts';

const COUNT = 100_000;
const BATCH = 5000;
const LARGE: CollectionName[] = ['runs', 'submissions'];

const cases = queries.flatMap(({ at, collection, method, shapes }) =>
  shapes
    .filter(({ reason }) => reason === null)
    .map((shape) => ({
      title: `${at} ${collection}.${method} by ${shape.terms.map(({ path }) => path).join(' ')}`,
      collection,
      shape,
    })),
);

await describeWithMongo('the plans of MongoDB', (server) => {
  test.skipIf(!server.genuine)(
    'answer every question by an index',
    async () => {
      const url = server.url(freshDatabase());
      await (await openMongoStore(url)).close();
      await using client = await mongo.MongoClient.connect(url);
      for (const name of LARGE) await fill(client.db().collection<Numbered>(name));
      for (const { title, collection, shape } of cases) {
        const sort = toMongoSort(Object.fromEntries(shape.order.map(({ path, way }) => [path, way])));
        const cursor = client
          .db()
          .collection(collection)
          .find(toMongoFilter(filterOf(shape)));
        const plan = await (sort ? cursor.sort(sort) : cursor).explain('queryPlanner');
        const stages = JSON.stringify(plan['queryPlanner']?.winningPlan);
        expect(stages, title).toMatch(/IXSCAN|IDHACK|EXPRESS/);
        expect(stages, title).not.toContain('COLLSCAN');
        if (!shape.isOrderedInMemory) expect(stages, title).not.toContain('"SORT"');
      }
    },
    300_000,
  );
});

type Numbered = { _id: string };

async function fill(documents: mongo.Collection<Numbered>): Promise<void> {
  for (let from = 0; from < COUNT; from += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, at) => nth(from + at));
    await documents.insertMany(batch, { ordered: false });
  }
}

function nth(n: number) {
  const at = new Date(Date.UTC(2026, 10, 20) + n * 1000).toISOString();
  const own = { course: `c${n % 20}`, task: `t${n % 50}`, userId: `u${n % 997}`, submission: `s${n}` };
  const state = n % 1000 === 0 ? 'queued' : 'done';
  const environment = { name: `e${n % 30}`, digest: `d${n % 300}` };
  return {
    _id: `x${n}`,
    ...own,
    state,
    at,
    queuedAt: at,
    doneAt: at,
    environment,
    _inserted: new mongo.ObjectId(),
  };
}

const filterOf = ({ terms }: Shape): Filter =>
  Object.fromEntries(terms.map(({ path, kind }) => [path, valueFor(path, kind)]));

function valueFor(path: string, kind: Shape['terms'][number]['kind']): Condition {
  const value = path.endsWith('At') || path === 'at' ? '2026-11-20T10:00:10.000Z' : 'x1';
  if (kind === 'list') return { $in: [value, 'x2'] };
  return kind === 'range' ? { $lte: value } : value;
}
