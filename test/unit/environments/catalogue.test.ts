/** The live catalogue asks the engine for its images once for each event, and once more when it brought one back. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { openEnvironments } from '../../../server/environments/catalogue.ts';
import { scriptedEngine } from '../../support/environments/scripted-engine.ts';
import { A, B, house, kept, LABELS, TAG } from '../../support/environments/update.ts';

/** It looks only when a test has it look. */
function withoutEvents() {
  const engine = scriptedEngine();
  return { ...engine, images: { ...engine.images, watch: () => () => false } };
}

async function counted(work: () => Promise<unknown>, engine: { listings(): number }): Promise<number> {
  const before = engine.listings();
  await work();
  return engine.listings() - before;
}

test('a burst of events is one listing', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const engine = scriptedEngine();
  const environments = await openEnvironments(engine, {});
  onTestFinished(() => environments.close());
  const changes = vi.fn();
  environments.onChange(changes);
  const listings = await counted(async () => {
    for (const letter of ['a', 'b', 'c']) engine.build(letter, TAG, LABELS);
    await vi.advanceTimersByTimeAsync(1000);
  }, engine);
  expect(listings).toBe(1);
  expect(changes).toHaveBeenCalledTimes(1);
});

test('a new image is noted, chosen and listed in one look', async () => {
  const here = await house({}, undefined, withoutEvents());
  expect(await counted(() => here.build('a'), here.engine)).toBe(1);
  expect(here.environments.find('c')).toMatchObject({ digest: A, tested: null });
});

test('only an image that is brought back is looked for again', async () => {
  const here = await house({}, undefined, withoutEvents());
  await here.build('a');
  expect(await counted(() => here.build('b'), here.engine)).toBe(2);
  expect(here.engine.tagsOf('a')).toEqual([kept(A)]);
  expect(here.environments.find('c')).toMatchObject({ digest: A, update: { digest: B } });
  expect(await counted(here.environments.refresh, here.engine)).toBe(1);
});

test('what is let go is not listed any more, without another look', async () => {
  const here = await house({}, undefined, withoutEvents());
  await here.build('a');
  const task = { course: 'demo', task: 'sum' };
  await here.revisions.pin({ ...task, environment: 'c' }, A, 'ada');
  await here.revisions.unpin(task);
  await here.engine.untag(TAG);
  expect(here.engine.tagsOf('a')).toEqual([kept(A)]);
  expect(await counted(here.environments.refresh, here.engine)).toBe(1);
  expect(here.engine.has('a')).toBe(false);
  expect(here.environments.list()).toEqual([]);
  expect(here.environments.revision(A)).toBeNull();
});

test('an engine that stumbles once is asked again soon, although it reports no change', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const engine = scriptedEngine();
  const list = vi.spyOn(engine.images, 'list');
  const environments = await openEnvironments(engine, {});
  onTestFinished(() => environments.close());
  list.mockRejectedValueOnce(
    new Error('(HTTP code 500) server error - open /var/lib/x: no space left on device'),
  );
  await environments.refresh();
  expect(environments.engine()).toEqual({
    ok: false,
    sentence: 'A disk is full, or has no room for more files.',
  });
  await vi.advanceTimersByTimeAsync(5000);
  expect(environments.engine()).toMatchObject({ ok: true });
});
