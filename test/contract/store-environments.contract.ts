/** Contract: who grades under a name is changed by compare-and-set, and an image's runs are found. */
import { expect, test } from 'vitest';
import { FIRST_ENGINE, type StoredRevision } from '../../server/model/revision.ts';
import type { Store } from '../../server/ports/store.ts';
import { sampleRun } from '../support/store/samples.ts';

const AT = '2026-11-20T10:00:00.000Z';
const revision: StoredRevision = {
  id: 'c@sha256:a',
  name: 'c',
  digest: 'sha256:a',
  image: 'local/c:latest',
  at: AT,
  by: 'ada',
  from: 'build',
  promotedAt: null,
  promotedBy: null,
  why: '',
  stage: 'staged',
  setAside: false,
  engines: { 'ABCD:EFGH': { presence: 'named', image: 'local/c:latest' } },
  test: {
    at: AT,
    runtime: 'crun',
    passed: false,
    cases: [
      {
        task: { course: 'c1', task: 't1' },
        sample: 'right',
        differences: ['expected 100'],
        verdict: 'failed',
        grade: 50,
        before: { verdict: 'success', grade: 100 },
      },
    ],
  },
};

export function environmentsInStore(store: () => Store): void {
  test('keeps revisions whole, with what their samples said', async () => {
    await store().revisions.insert(revision);
    expect(await store().revisions.find({ name: 'c' })).toEqual([revision]);
    await expect(store().revisions.insert(revision)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('keeps what each engine has of a revision, whatever others write at the same time', async () => {
    const first = { presence: 'removed', image: 'local/c:1' } as const;
    const old = { ...revision, id: 'c@sha256:e', digest: 'sha256:e', engines: { [FIRST_ENGINE]: first } };
    await store().revisions.insert(old);
    const one = '7TLH:2S5Y:QFXC';
    const others = Array.from({ length: 5 }, (_, at) => `00000000-0000-4000-8000-00000000000${at}`);
    const named = { presence: 'named', image: 'local/c:latest' } as const;
    await Promise.all([
      store().revisions.update(
        { id: old.id },
        { $set: { [`engines.${one}`]: first }, $unset: { [`engines.${FIRST_ENGINE}`]: true } },
      ),
      ...others.map((key) =>
        store().revisions.update({ id: old.id }, { $set: { [`engines.${key}`]: named } }),
      ),
    ]);
    expect((await store().revisions.get(old.id))?.engines).toEqual({
      [one]: first,
      ...Object.fromEntries(others.map((key) => [key, named])),
    });
  });

  test('of many who promote from the same state one wins', async () => {
    await store().currents.insert({ id: 'c', digest: 'sha256:a', serial: 1 });
    const promote = (digest: string) =>
      store().currents.update({ id: 'c', serial: 1 }, { $set: { digest }, $inc: { serial: 1 } });
    const all = await Promise.all(['b', 'c', 'd'].map((letter) => promote(`sha256:${letter}`)));
    const won = all.filter((one) => one !== null);
    expect(won).toHaveLength(1);
    expect(await store().currents.get('c')).toEqual(won[0]);
  });

  test('keeps one pin for a task', async () => {
    const pin = { id: 'c1/t1', course: 'c1', task: 't1', name: 'c', digest: 'sha256:a', by: null, at: AT };
    await store().pins.insert(pin);
    await expect(store().pins.insert(pin)).rejects.toMatchObject({ code: 'conflict' });
    expect(await store().pins.get('c1/t1')).toEqual(pin);
  });

  test('counts the runs of each image', async () => {
    const by = (id: string, digest: string | null) =>
      store().runs.insert(
        sampleRun(id, { environment: { name: 'c', image: null, digest, runtime: null, reason: '' } }),
      );
    await Promise.all([by('r1', 'sha256:a'), by('r2', 'sha256:a'), by('r3', 'sha256:b'), by('r4', null)]);
    await store().runs.insert(sampleRun('r5'));
    const wanted = { 'environment.digest': { $in: ['sha256:a', 'sha256:c'] } };
    expect(await store().runs.group('environment.digest', wanted)).toEqual(new Map([['sha256:a', 2]]));
    expect(await store().runs.count({ 'environment.digest': 'sha256:b' })).toBe(1);
  });
}
