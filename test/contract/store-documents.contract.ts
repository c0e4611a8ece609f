/** Contract: inserting, finding and removing documents. */
import { expect, test } from 'vitest';
import type { Store } from '../../server/ports/store.ts';
import { ids, sampleOutcome, sampleRun, sampleUser } from '../support/store/samples.ts';

export function documents(store: () => Store): void {
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
    // Which of the two comes first is the server's to say.
    const [first, second, third, fourth] = results.map(({ status }) => status);
    expect([first, third].toSorted()).toEqual(['fulfilled', 'rejected']);
    expect([second, fourth]).toEqual(['fulfilled', 'fulfilled']);
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
