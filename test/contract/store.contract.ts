/** What every store promises. An implementation passes by running this suite with its own `open`. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Filter, Store } from '../../server/store/port.ts';
import { ids, sampleOutcome, sampleRun, sampleUser } from '../support/store/samples.ts';

/** @param open gives a fresh, empty store, which `open` itself closes after the test. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`the store contract: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    describe('documents', () => documents(() => store));
    describe('filters', () => filters(() => store));
    describe('changes', () => changes(() => store));
    describe('blobs', () => blobs(() => store));
  });
}

function documents(store: () => Store): void {
  test('gives back what was inserted, and null for an unknown id', async () => {
    const run = sampleRun('r1', {
      outcome: sampleOutcome({ deep: [{ 'a.b"c': null }], text: 'é\n\u0000😀' }),
    });
    await store().runs.insert(run);
    expect(await store().runs.get('r1')).toEqual(run);
    expect(await store().runs.get('r2')).toBeNull();
  });

  test('refuses an id that is taken, and keeps the first document', async () => {
    await store().runs.insert(sampleRun('r1', { task: 'first' }));
    await expect(store().runs.insert(sampleRun('r1', { task: 'second' }))).rejects.toMatchObject({
      name: 'GradeportError',
      code: 'conflict',
    });
    expect(await store().runs.get('r1')).toMatchObject({ task: 'first' });
  });

  test('refuses a value that a unique index holds, in insert and in update', async () => {
    await store().users.insert(sampleUser('u1', { name: 'ada' }));
    await store().users.insert(sampleUser('u2', { name: 'bob' }));
    const conflict = { code: 'conflict', message: expect.stringContaining('name') };
    await expect(store().users.insert(sampleUser('u3', { name: 'ada' }))).rejects.toMatchObject(conflict);
    await expect(store().users.update({ id: 'u2' }, { $set: { name: 'ada' } })).rejects.toMatchObject(
      conflict,
    );
    expect(await store().users.group('name', {})).toEqual(new Map(Object.entries({ ada: 1, bob: 1 })));
  });

  test('one failed insert among many harms none of the others', async () => {
    const wanted = ['a', 'b', 'a', 'c'].map((id) => store().runs.insert(sampleRun(id)));
    const results = await Promise.allSettled(wanted);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(ids(await store().runs.find({}, { sort: { id: 1 } }))).toEqual(['a', 'b', 'c']);
  });

  test('refuses documents that do not fit their schema', async () => {
    const wrong = { ...sampleRun('r1'), state: 'lost' };
    // @ts-expect-error a mistake that only a cast or JSON can make
    await expect(store().runs.insert(wrong)).rejects.toThrow('state');
    const extra = { ...sampleRun('r1'), stat: 'queued' };
    await expect(store().runs.insert(extra)).rejects.toThrow('stat');
    expect(await store().runs.count({})).toBe(0);
  });

  test('removes every match and says how many', async () => {
    for (const id of ['a', 'b', 'c'])
      await store().runs.insert(sampleRun(id, { task: id === 'c' ? 't2' : 't1' }));
    expect(await store().runs.remove({ task: 't1' })).toBe(2);
    expect(await store().runs.remove({ task: 't1' })).toBe(0);
    expect(await store().runs.count({})).toBe(1);
  });

  test('collections do not see each other', async () => {
    await store().runs.insert(sampleRun('x'));
    expect(await store().users.get('x')).toBeNull();
    expect(await store().submissions.count({})).toBe(0);
  });
}

function filters(store: () => Store): void {
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

function changes(store: () => Store): void {
  test('changes one match and gives it back as it is then', async () => {
    await store().runs.insert(sampleRun('r'));
    const change = { $set: { state: 'running' }, $inc: { attempt: 1 } } as const;
    const changed = await store().runs.update({ id: 'r', state: 'queued' }, change);
    expect(changed).toEqual(sampleRun('r', { state: 'running', attempt: 1 }));
    expect(await store().runs.get('r')).toEqual(changed);
    expect(await store().runs.update({ id: 'r', state: 'queued' }, change)).toBeNull();
  });

  test('of many who claim at once exactly one wins', async () => {
    await store().runs.insert(sampleRun('r'));
    const claim = () => store().runs.update({ id: 'r', state: 'queued' }, { $set: { state: 'running' } });
    const winners = (await Promise.all(Array.from({ length: 50 }, claim))).filter((run) => run !== null);
    expect(winners).toHaveLength(1);
  });

  test('counts every increment', async () => {
    await store().runs.insert(sampleRun('r'));
    await Promise.all(
      Array.from({ length: 50 }, () => store().runs.update({ id: 'r' }, { $inc: { attempt: 2 } })),
    );
    expect(await store().runs.get('r')).toMatchObject({ attempt: 100 });
  });

  test('dotted paths create what is missing and keep what is beside', async () => {
    await store().runs.insert(sampleRun('r', { outcome: sampleOutcome({ keep: 1 }) }));
    const at = 'outcome.report.custom';
    await store().runs.update({ id: 'r' }, { $set: { [`${at}.a.b`]: [1] }, $inc: { [`${at}.n`]: 3 } });
    expect((await store().runs.get('r'))?.outcome?.report.custom).toEqual({ keep: 1, a: { b: [1] }, n: 3 });
    await store().runs.update({ id: 'r' }, { $unset: { [`${at}.a.b`]: true, [`${at}.gone.x`]: true } });
    expect((await store().runs.get('r'))?.outcome?.report.custom).toEqual({ keep: 1, a: {}, n: 3 });
  });

  test('updateMany changes all or, when one cannot be changed, none', async () => {
    await store().runs.insert(sampleRun('a'));
    await store().runs.insert(sampleRun('b', { outcome: sampleOutcome({ n: 'text' }) }));
    expect(await store().runs.updateMany({}, { $inc: { attempt: 1 } })).toBe(2);
    await store().runs.update({ id: 'a' }, { $set: { outcome: sampleOutcome({ n: 1 }) } });
    await expect(store().runs.updateMany({}, { $inc: { 'outcome.report.custom.n': 1 } })).rejects.toThrow(
      'n',
    );
    expect((await store().runs.get('a'))?.outcome?.report.custom).toEqual({ n: 1 });
    expect(await store().runs.updateMany({ task: 'none' }, { $inc: { attempt: 1 } })).toBe(0);
  });

  test('refuses a change that breaks the schema, names no path of it, or moves the id', async () => {
    await store().runs.insert(sampleRun('r'));
    for (const $set of [{ state: 'lost' }, { stat: 'done' }, { id: 'other' }, { 'state.x': 1 }]) {
      await expect(store().runs.update({ id: 'r' }, { $set })).rejects.toThrow(TypeError);
    }
    await expect(store().runs.update({ id: 'r' }, { $unset: { task: true } })).rejects.toThrow('task');
    expect(await store().runs.get('r')).toEqual(sampleRun('r'));
  });

  test('no path reaches a prototype', async () => {
    await store().users.insert(sampleUser('u'));
    const paths = ['roles.__proto__', '__proto__.polluted', 'roles.constructor.prototype.polluted'];
    for (const path of paths)
      await store()
        .users.update({ id: 'u' }, { $set: { [path]: 'teacher' } })
        .catch(() => {});
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(Object.getPrototypeOf((await store().users.get('u'))?.roles)).toBe(Object.prototype);
  });
}

function blobs(store: () => Store): void {
  test('gives back the bytes by the hash of their content', async () => {
    const content = Buffer.from([0, 255, 10, 13]);
    const key = await store().blobs.put(content);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await store().blobs.get(key)).toEqual(content);
    expect(await store().blobs.put(content)).toBe(key);
    const none = await store().blobs.put(new Uint8Array());
    expect(await store().blobs.get(none)).toHaveLength(0);
  });

  test('many at once, the same and others', async () => {
    const contents = Array.from({ length: 40 }, (_, index) => Buffer.from(`content ${index % 4}`));
    const keys = await Promise.all(contents.map((content) => store().blobs.put(content)));
    expect(new Set(keys).size).toBe(4);
    for (const [index, key] of keys.entries()) expect(await store().blobs.get(key)).toEqual(contents[index]);
  });

  test.each(['', 'x', '../../gradeport.db', 'a'.repeat(64), `${'a'.repeat(64)}\n`, `../${'a'.repeat(61)}`])(
    'has nothing under %j',
    async (key) => {
      await expect(store().blobs.get(key)).rejects.toMatchObject({ code: 'not-found' });
    },
  );
}
