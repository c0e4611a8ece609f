/** The keys of open runs at the start of a server, over runs that older versions wrote. */
import { expect, test } from 'vitest';
import { settleOpenKeys } from '../../../../server/submissions/admission/open-keys.ts';
import { openKeyOf } from '../../../../server/submissions/new-run.ts';
import { sampleRun } from '../../../support/store/samples.ts';
import { tempTestStore } from '../../../support/store/test-store.ts';

const own = { course: 'c1', task: 'hello', userId: 'ada' };
const team = { group: 'g', name: 'Red', by: 'bob', members: ['bob', 'cyd'] };

test('open runs of an older version get the key of their owner and task', async () => {
  const store = await tempTestStore();
  await store.runs.insert(sampleRun('waits', { ...own, state: 'queued' }));
  await store.runs.insert(sampleRun('runs', { ...own, userId: 'team-1', team, state: 'running' }));
  await store.runs.insert(sampleRun('over', { ...own, task: 'other', state: 'done' }));
  await settleOpenKeys(store);
  expect((await store.runs.get('waits'))?.openKey).toBe('["c1","hello","ada"]');
  expect((await store.runs.get('runs'))?.openKey).toBe('["c1","hello","g"]');
  expect((await store.runs.get('over'))?.openKey).toBeUndefined();
});

test('of two open runs of one owner, which older versions did not rule out, one goes without', async () => {
  const store = await tempTestStore();
  for (const id of ['one', 'two']) await store.runs.insert(sampleRun(id, { ...own, state: 'queued' }));
  await settleOpenKeys(store);
  const keys = (await store.runs.find({ state: 'queued' })).map(({ openKey }) => openKey);
  expect(keys.filter((key) => key === openKeyOf(own))).toHaveLength(1);
});

test('a run that an older version finished gives its key back', async () => {
  const store = await tempTestStore();
  await store.runs.insert(sampleRun('over', { ...own, state: 'done', openKey: openKeyOf(own) }));
  await settleOpenKeys(store);
  expect((await store.runs.get('over'))?.openKey).toBeUndefined();
});
