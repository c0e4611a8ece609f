/** Contract: the language of changes, and compare-and-set. */
import { expect, test } from 'vitest';
import type { Store } from '../../server/ports/store.ts';
import { sampleOutcome, sampleRun, sampleUser } from '../support/store/samples.ts';

export function changes(store: () => Store): void {
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

  test('updateMany takes no list for what is in it', async () => {
    await store().runs.insert(sampleRun('a', { outcome: sampleOutcome({ n: 1, o: { x: 1 } }) }));
    await store().runs.insert(sampleRun('b', { outcome: sampleOutcome({ n: [1], o: [{ x: 1 }] }) }));
    const at = 'outcome.report.custom';
    for (const change of [{ $inc: { [`${at}.n`]: 1 } }, { $set: { [`${at}.o.x`]: 2 } }])
      await expect(store().runs.updateMany({}, change)).rejects.toThrow(TypeError);
    expect((await store().runs.get('a'))?.outcome?.report.custom).toEqual({ n: 1, o: { x: 1 } });
    expect((await store().runs.get('b'))?.outcome?.report.custom).toEqual({ n: [1], o: [{ x: 1 }] });
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
