/** Contract: names that others chose (problems, courses, what graders and platforms say) are kept as they are. */
import { expect, test } from 'vitest';
import type { Store } from '../../server/ports/store.ts';
import { sampleOutcome, sampleRun, sampleSubmission, sampleUser } from '../support/store/samples.ts';

const AT = '2026-11-20T10:00:00.000Z';
/** Names with a meaning for MongoDB, BSON, mongoose, SQLite, JSON paths or JavaScript. */
const NAMES = [
  ...['a.b', '.', '..', '$', '$set', '$where', 'a$', '$[]', '%', '%2E', '%24x', '%00', 'a\u0000b', '\u0000'],
  ...Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== '__proto__'),
  ...['prototype', 'then', 'length', 'firstBatch', 'nextBatch', 'cursor', 'type', 'default', 'ref', 'of'],
  ...['_bsontype', 'toBSON', 'toJSON', 'toObject', '_id', 'id', '__v', '_doc', '$__', 'isMongooseObject'],
  ...['0', '1', '-1', '', ' ', '"', "'", '`', '\\', '[0]', '#', '*', 'é', '名', '😀', 'x'.repeat(500)],
];
/** Without "__proto__", which no schema lets through as a name of a record's own. */
const record = <T>(value: (name: string, at: number) => T): Record<string, T> =>
  Object.fromEntries(NAMES.map((name, at) => [name, value(name, at)]));

export function names(store: () => Store): void {
  test('of answers and of what a platform said', async () => {
    const submission = sampleSubmission('s', {
      answers: record((name, at) => (at % 2 === 0 ? name : [name, ''])),
      lti: record((name, at) => (at % 2 === 0 ? name : [name])),
      settings: record((_, at) => at % 3 === 0),
    });
    await store().batch([
      { collection: 'submissions', insert: submission },
      { collection: 'runs', insert: sampleRun('r', { submission: 's' }) },
    ]);
    expect(await store().submissions.get('s')).toEqual(submission);
    expect(Object.keys((await store().submissions.get('s'))?.answers ?? {}).toSorted()).toEqual(
      NAMES.toSorted(),
    );
    const fields = record((name) => name);
    const launch = { id: 'c/t/u', userId: 'u', at: AT, fields, place: null };
    await store().ltiLaunches.insert(launch);
    expect(await store().ltiLaunches.get('c/t/u')).toEqual(launch);
    const again = await store().ltiLaunches.update({ id: 'c/t/u' }, { $set: { fields: { '$a.b': 'x' } } });
    expect(again?.fields).toEqual({ '$a.b': 'x' });
  });

  test('of what a grader reports, however deep', async () => {
    const custom = record((name) => [{ [name]: { [name]: [null, 1, name], ['__proto__']: { [name]: 1 } } }]);
    const run = sampleRun('r', { outcome: sampleOutcome(custom) });
    await store().runs.insert(run);
    expect(await store().runs.get('r')).toEqual(run);
    const outcome = sampleOutcome({ again: custom });
    expect((await store().runs.update({ id: 'r' }, { $set: { outcome } }))?.outcome).toEqual(outcome);
    expect((await store().runs.get('r'))?.outcome).toEqual(outcome);
  });

  test('of courses, as roles and in settings, also when they change one by one', async () => {
    const roles = record((_, at) => (at % 2 === 0 ? 'teacher' : 'student'));
    await store().users.insert(sampleUser('u', { roles }));
    expect((await store().users.get('u'))?.roles).toEqual(roles);
    const values = record((name, at) => (at % 2 === 0 ? at : name));
    await store().settings.insert({ id: 'c/u', course: 'c', userId: 'u', values });
    expect((await store().settings.get('c/u'))?.values).toEqual(values);
    await store().users.insert(sampleUser('v'));
    const single = NAMES.filter((name) => name !== '' && !name.includes('.'));
    for (const name of single) {
      const changed = await store().users.update({ id: 'v' }, { $set: { [`roles.${name}`]: 'teacher' } });
      expect(Object.entries(changed?.roles ?? {})).toEqual([[name, 'teacher']]);
      expect(await store().users.count({ [`roles.${name}`]: 'teacher' })).toBe(
        roles[name] === 'teacher' ? 2 : 1,
      );
      await store().users.update({ id: 'v' }, { $unset: { [`roles.${name}`]: true } });
    }
    expect((await store().users.get('v'))?.roles).toEqual({});
  });

  test('of everything: no value of theirs is taken for a type of the database', async () => {
    const custom = {
      a: { _bsontype: 'ObjectId', id: 'x' },
      b: { $oid: '000000000000000000000000' },
      c: { $numberLong: '5' },
      d: { $date: AT },
      e: { $binary: { base64: '', subType: '00' } },
      f: { type: 'Buffer', data: [1] },
      g: { low: 1, high: 2, unsigned: false },
    };
    const outcome = sampleOutcome(custom);
    await store().runs.insert(sampleRun('r', { outcome }));
    expect((await store().runs.get('r'))?.outcome).toEqual(outcome);
    await store().batch([
      { collection: 'submissions', insert: sampleSubmission('s') },
      { collection: 'runs', insert: sampleRun('late', { outcome }) },
      { collection: 'runs', id: 'r', change: { $set: { outcome } } },
    ]);
    for (const id of ['late', 'r']) expect((await store().runs.get(id))?.outcome).toEqual(outcome);
  });

  test('nested as deep as a report may be', async () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 100; level++) deep = level % 2 === 0 ? [deep] : { a: deep };
    const outcome = sampleOutcome({ deep });
    await store().runs.insert(sampleRun('r', { outcome }));
    expect((await store().runs.get('r'))?.outcome).toEqual(outcome);
    expect((await store().runs.update({ id: 'r' }, { $set: { outcome } }))?.outcome).toEqual(outcome);
  });

  test.each([0, -1, 0.1, 1e21, -1e-7, 2 ** 31, 2 ** 53, 123456789012345.5])('the number %d', async (n) => {
    await store().runs.insert(sampleRun('r', { outcome: sampleOutcome({ n }) }));
    expect((await store().runs.get('r'))?.outcome?.report.custom).toEqual({ n });
    expect(await store().runs.count({ 'outcome.report.custom.n': n })).toBe(1);
  });
}
