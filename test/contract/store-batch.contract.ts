/** Contract: several documents change together, or none of them. */
import { expect, test } from 'vitest';
import type { Submission } from '../../server/model/collections.ts';
import type { Step, Store } from '../../server/ports/store.ts';
import { sampleRevision, sampleRun, sampleSubmission } from '../support/store/samples.ts';

const submit = (id: string, more: Partial<Submission> = {}): [Step, Step] => [
  { collection: 'submissions', insert: sampleSubmission(id, more) },
  { collection: 'runs', insert: sampleRun(`run-${id}`, { submission: id }) },
];

export function batches(store: () => Store): void {
  test('inserts all of its documents', async () => {
    expect(await store().batch(submit('a'))).toBe(true);
    expect(await store().submissions.get('a')).toEqual(sampleSubmission('a'));
    expect(await store().runs.get('run-a')).toEqual(sampleRun('run-a', { submission: 'a' }));
  });

  test('inserts none when the first id is taken', async () => {
    await store().submissions.insert(sampleSubmission('a', { attempt: 7 }));
    await expect(store().batch(submit('a'))).rejects.toMatchObject({ code: 'conflict' });
    expect(await store().runs.count({})).toBe(0);
    expect(await store().submissions.get('a')).toMatchObject({ attempt: 7 });
  });

  test('leaves a document that a later step finds there', async () => {
    await store().runs.insert(sampleRun('run-a', { task: 'before' }));
    expect(await store().batch(submit('a'))).toBe(true);
    expect(await store().runs.get('run-a')).toMatchObject({ task: 'before' });
  });

  test('changes all or, when the first document does not meet its condition, none', async () => {
    await store().currents.insert({ id: 'c', digest: 'sha256:a', serial: 1 });
    await store().revisions.insert(sampleRevision('sha256:b'));
    const promote = (serial: number) =>
      store().batch([
        {
          collection: 'currents',
          id: 'c',
          where: { serial },
          change: { $set: { digest: 'sha256:b' }, $inc: { serial: 1 } },
        },
        { collection: 'revisions', id: 'c@sha256:b', change: { $set: { why: `at ${serial}` } } },
      ]);
    expect(await promote(1)).toBe(true);
    expect(await promote(1)).toBe(false);
    expect(await store().currents.get('c')).toEqual({ id: 'c', digest: 'sha256:b', serial: 2 });
    expect(await store().revisions.get('c@sha256:b')).toMatchObject({ why: 'at 1' });
    expect(await promote(2)).toBe(true);
    expect(await store().revisions.get('c@sha256:b')).toMatchObject({ why: 'at 2' });
  });

  test('a later change of a missing document does nothing', async () => {
    const changeNone: Step = { collection: 'runs', id: 'none', change: { $inc: { attempt: 1 } } };
    expect(await store().batch([...submit('a'), changeNone])).toBe(true);
    expect(await store().runs.count({})).toBe(1);
  });

  test('of 50 batches with one condition exactly one happens', async () => {
    await store().currents.insert({ id: 'c', digest: 'sha256:a', serial: 1 });
    const promote = (at: number) =>
      store().batch([
        {
          collection: 'currents',
          id: 'c',
          where: { serial: 1 },
          change: { $set: { digest: `sha256:${at}` }, $inc: { serial: 1 } },
        },
        { collection: 'runs', insert: sampleRun(`r${at}`) },
      ]);
    const won = await Promise.all(Array.from({ length: 50 }, (_, at) => promote(at)));
    expect(won.filter(Boolean)).toHaveLength(1);
    const winner = won.indexOf(true);
    expect((await store().runs.find({})).map(({ id }) => id)).toEqual([`r${winner}`]);
    expect(await store().currents.get('c')).toMatchObject({ digest: `sha256:${winner}`, serial: 2 });
  });

  test('checks every document before it writes the first', async () => {
    // @ts-expect-error a mistake that only a cast or JSON can make
    const wrong: Step = { collection: 'runs', insert: { ...sampleRun('r'), state: 'lost' } };
    await expect(store().batch([submit('a')[0], wrong])).rejects.toThrow('state');
    const misfit: Step = { collection: 'runs', id: 'r', change: { $set: { state: 'lost' } } };
    await store().runs.insert(sampleRun('r'));
    await expect(store().batch([submit('a')[0], misfit])).rejects.toThrow(TypeError);
    expect(await store().submissions.count({})).toBe(0);
  });

  test('refuses what could end half done', async () => {
    const begins = store().batch([{ collection: 'revisions', insert: sampleRevision('sha256:b') }]);
    await expect(begins).rejects.toThrow('not a collection that leads');
    const condition: Step = { collection: 'runs', id: 'r', where: { state: 'done' }, change: {} };
    await expect(store().batch([submit('a')[0], condition])).rejects.toThrow('preconditions');
    const unique: Step = { collection: 'users', id: 'u', change: { $set: { name: 'x' } } };
    await expect(store().batch([submit('a')[0], unique])).rejects.toThrow('unique key');
    const part: Step = { collection: 'runs', id: 'r', change: { $set: { 'outcome.grade': 1 } } };
    await expect(store().batch([submit('a')[0], part])).rejects.toThrow('whole members');
    const sparse: Step = { collection: 'runs', insert: sampleRun('r', { openKey: 'k' }) };
    await expect(store().batch([submit('a')[0], sparse])).rejects.toThrow('unique key');
    const laterSparse: Step = { collection: 'runs', id: 'r', change: { $set: { openKey: 'k' } } };
    await expect(store().batch([submit('a')[0], laterSparse])).rejects.toThrow('unique key');
    expect(await store().submissions.count({})).toBe(0);
  });

  test('inserts none when the unique key of the first is taken, and all once it is free again', async () => {
    const handIn = (id: string) =>
      store().batch([
        { collection: 'runs', insert: sampleRun(`run-${id}`, { submission: id, openKey: 'ada' }) },
        { collection: 'submissions', insert: sampleSubmission(id) },
      ]);
    await handIn('a');
    await expect(handIn('b')).rejects.toMatchObject({ code: 'conflict' });
    expect(await store().runs.count({})).toBe(1);
    expect(await store().submissions.count({})).toBe(1);
    await store().runs.update({ id: 'run-a' }, { $set: { state: 'done' }, $unset: { openKey: true } });
    await handIn('b');
    expect(await store().runs.findOne({ openKey: 'ada' })).toMatchObject({ id: 'run-b' });
    expect(await store().submissions.count({})).toBe(2);
  });

  test('of 20 batches with one unique key exactly one happens; documents without it do not mind each other', async () => {
    const handIn = (id: string) =>
      store().batch([
        { collection: 'runs', insert: sampleRun(`run-${id}`, { submission: id, openKey: 'ada' }) },
        { collection: 'submissions', insert: sampleSubmission(id) },
      ]);
    const all = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => handIn(String(at))));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await store().submissions.count({})).toBe(1);
    await store().runs.insert(sampleRun('x'));
    await store().runs.insert(sampleRun('y'));
    expect(await store().runs.count({})).toBe(3);
  });

  test('gives a document and the one that it names', async () => {
    await store().batch(submit('a'));
    const both = (id: string) => store().getWith({ from: 'runs', id, by: 'submission', to: 'submissions' });
    expect(await both('run-a')).toEqual({
      doc: sampleRun('run-a', { submission: 'a' }),
      linked: sampleSubmission('a'),
    });
    expect(await both('none')).toBeNull();
    await store().runs.insert(sampleRun('orphan', { submission: 'gone' }));
    expect(await both('orphan')).toMatchObject({ doc: { id: 'orphan' }, linked: null });
  });
}
