/** Contract: the language of filters. */
import { expect, test } from 'vitest';
import type { Filter, Store } from '../../server/ports/store.ts';
import { ids, sampleOutcome, sampleRun } from '../support/store/samples.ts';

export function filters(store: () => Store): void {
  const CUSTOM: Record<string, Record<string, unknown>> = {
    text: { v: 'b' },
    one: { v: 1 },
    two: { v: 2.5 },
    yes: { v: true },
    no: { v: false },
    nil: { v: null },
    none: {},
    object: { v: { a: 1 } },
  };
  const insertAll = async (): Promise<void> => {
    for (const [id, custom] of Object.entries(CUSTOM)) {
      await store().runs.insert(sampleRun(id, { outcome: sampleOutcome(custom) }));
    }
  };
  const rows: [string, Filter[string], string[]][] = [
    ['a text', 'b', ['text']],
    ['a number', 1, ['one']],
    ['true, which is not 1', true, ['yes']],
    ['false, which is not 0', false, ['no']],
    ['the text of an object, which is not the object', '{"a":1}', []],
    ['null, which a missing path meets too', null, ['nil', 'none']],
    ['$ne, which a missing path meets', { $ne: 'b' }, ['no', 'nil', 'none', 'object', 'one', 'two', 'yes']],
    ['$ne null', { $ne: null }, ['no', 'object', 'one', 'text', 'two', 'yes']],
    ['$ne true', { $ne: true }, ['nil', 'no', 'none', 'object', 'one', 'text', 'two']],
    ['$in', { $in: ['b', 2.5, true] }, ['text', 'two', 'yes']],
    ['$in with null', { $in: [null, 'b'] }, ['nil', 'none', 'text']],
    ['$in of nothing', { $in: [] }, []],
    ['$exists', { $exists: true }, ['nil', 'no', 'object', 'one', 'text', 'two', 'yes']],
    ['not $exists', { $exists: false }, ['none']],
    ['$gt of a number: only numbers', { $gt: 0 }, ['one', 'two']],
    ['$gte and $lt', { $gte: 1, $lt: 2.5 }, ['one']],
    ['$lte of a number', { $lte: 2.5 }, ['one', 'two']],
    ['$lt of a text: only texts', { $lt: 'c' }, ['text']],
    ['$gte of a text', { $gte: 'b' }, ['text']],
  ];
  test.each(rows)('%s', async (_, condition, expected) => {
    await insertAll();
    const filter = { 'outcome.report.custom.v': condition };
    expect(ids(await store().runs.find(filter)).toSorted()).toEqual(expected.toSorted());
    expect(await store().runs.count(filter)).toBe(expected.length);
  });

  test('several paths must all match; no path matches everything', async () => {
    await insertAll();
    await store().runs.update({ id: 'one' }, { $set: { state: 'running' } });
    expect(ids(await store().runs.find({ state: 'running', task: 't1' }))).toEqual(['one']);
    expect(await store().runs.count({ state: 'running', task: 't2' })).toBe(0);
    expect(await store().runs.count({})).toBe(Object.keys(CUSTOM).length);
  });

  test('indexed paths follow the same rules', async () => {
    await store().runs.insert(sampleRun('a', { state: 'done' }));
    await store().runs.insert(sampleRun('b'));
    expect(ids(await store().runs.find({ state: { $in: ['done', 'running'] } }))).toEqual(['a']);
    expect(ids(await store().runs.find({ state: { $ne: 'done' } }))).toEqual(['b']);
    expect(await store().runs.count({ state: { $in: [] } })).toBe(0);
    expect(await store().runs.count({ state: null })).toBe(0);
    expect(await store().runs.count({ queuedAt: { $lte: '2026-11-20T10:00:00.000Z' } })).toBe(2);
    expect(await store().runs.count({ queuedAt: { $gt: 5 } })).toBe(0);
    expect(await store().runs.count({ id: { $in: ['a', 'z'] } })).toBe(1);
  });

  test('sorts by several paths, skips and limits; pages do not overlap', async () => {
    const tasks = ['t2', 't1', 't2', 't1', 't2'];
    for (const [index, task] of tasks.entries()) {
      await store().runs.insert(sampleRun(`r${index}`, { task, attempt: index }));
    }
    const all = await store().runs.find({}, { sort: { task: 1, attempt: -1 } });
    expect(ids(all)).toEqual(['r3', 'r1', 'r4', 'r2', 'r0']);
    const pages = await Promise.all(
      [0, 2, 4].map((skip) => store().runs.find({}, { sort: { course: 1 }, skip, limit: 2 })),
    );
    expect(new Set(pages.flatMap(ids)).size).toBe(5);
    expect((await store().runs.findOne({ task: 't2' }, { sort: { attempt: -1 } }))?.id).toBe('r4');
    expect(await store().runs.findOne({ task: 't3' })).toBeNull();
  });

  test('plucks values of paths, in order and bounded, null where there is none', async () => {
    await store().runs.insert(sampleRun('a', { doneAt: '2026-11-20T11:00:00.000Z', attempt: 1 }));
    await store().runs.insert(sampleRun('b', { doneAt: '2026-11-20T12:00:00.000Z', attempt: 2 }));
    await store().runs.insert(sampleRun('c', { task: 't2', outcome: sampleOutcome({ 'odd"': 'x' }) }));
    const newest = { sort: { doneAt: -1 }, limit: 1 } as const;
    expect(await store().runs.pluck(['id', 'attempt'], { task: 't1' }, newest)).toEqual([['b', 2]]);
    const paths = ['doneAt', 'outcome.report.custom.odd"', 'no.such.path'];
    expect(await store().runs.pluck(paths, { id: 'c' })).toEqual([[null, 'x', null]]);
    expect(await store().runs.pluck(['id'], { task: 't1' }, { sort: { attempt: 1 }, skip: 1 })).toEqual([
      ['b'],
    ]);
    expect(await store().runs.pluck(['id'], { task: 't3' })).toEqual([]);
  });

  test('groups by a path; documents without a value are left out', async () => {
    await insertAll();
    const groups = await store().runs.group('outcome.report.custom.v', { id: { $ne: 'object' } });
    expect(groups).toEqual(new Map(Object.entries({ b: 1, 1: 1, 2.5: 1, true: 1, false: 1 })));
    expect(await store().runs.group('state', {})).toEqual(new Map([['queued', 8]]));
  });

  test.each(['"', "'", "') OR 1=1 --", '\\', '$', '[0]', '__proto__', 'constructor', '#', 'a\u0000b'])(
    'a path with %j stays a path',
    async (key) => {
      await store().runs.insert(sampleRun('r', { outcome: sampleOutcome({ [`k${key}`]: 'x' }) }));
      const path = `outcome.report.custom.k${key}`;
      expect(await store().runs.count({ [path]: 'x' })).toBe(1);
      expect(await store().runs.count({ [path]: "x' OR '1'='1" })).toBe(0);
      expect(await store().runs.count({ [`outcome.report.custom.${key}`]: 'x' })).toBe(0);
      expect(await store().runs.find({}, { sort: { [path]: 1 } })).toHaveLength(1);
    },
  );

  test('refuses operators outside the language, and undefined', async () => {
    const wrong: unknown[] = [{ $where: '1' }, {}, undefined, { $gt: null }, { $in: 'text' }, { $ne: {} }];
    for (const condition of wrong) {
      await expect(store().runs.find({ state: condition as string })).rejects.toThrow(TypeError);
    }
  });
}
