/** Tests of updates: one at a time, waited for, broken off, begun anew. */
import { expect, test } from 'vitest';
import { passing } from '../../../support/environments/revision-house.ts';
import { scriptedEngine } from '../../../support/environments/scripted-engine.ts';
import { B, house, openHouse, soon, withUpdate } from '../../../support/environments/update.ts';
import { tempTestStore } from '../../../support/store/test-store.ts';

test('a test that could not be brought to its end holds nothing back, and is tried again', async () => {
  const { revisions, autoTest, breakSamples, environments, asked, failures } = await withUpdate();
  breakSamples(1);
  autoTest.begin();
  await soon(() => expect(environments.find('c')?.digest).toBe(B));
  expect(asked).toEqual([B, B]);
  expect(failures).toEqual([expect.objectContaining({ message: 'The engine went away.' })]);
  expect((await revisions.list('c'))[0]).toMatchObject({ state: 'current' });
});

test('who asks for a test that runs already waits for that one', async () => {
  const { revisions, asked, holdSamples, samples } = await withUpdate();
  samples.set(B, [passing]);
  const goOn = holdSamples();
  const first = revisions.test('c', B);
  await soon(() => expect(asked).toEqual([B]));
  const stop = new AbortController();
  const [second, third] = [revisions.test('c', B), revisions.test('c', B, stop.signal)];
  stop.abort();
  await expect(third).rejects.toThrow('stopped');
  goOn();
  expect(await second).toEqual(await first);
  expect(asked).toEqual([B]);
});

test('who waits for a test that somebody else stops gets one of their own', async () => {
  const { revisions, samples, asked, holdSamples, environments } = await withUpdate();
  samples.set(B, [passing]);
  const release = holdSamples();
  const stop = new AbortController();
  const first = revisions.test('c', B, stop.signal);
  await soon(() => expect(asked).toEqual([B]));
  const others = [revisions.test('c', B), revisions.test('c', B)];
  // The same way to the store, and further: by then they wait.
  await revisions.list('c');
  stop.abort();
  await expect(first).rejects.toThrow('stopped');
  release();
  expect(await Promise.all(others)).toMatchObject([{ passed: true }, { passed: true }]);
  expect(asked).toEqual([B, B]);
  expect(environments.find('c')?.digest).toBe(B);
});

test('a server that ends in the middle of a test begins it anew', async () => {
  const store = await tempTestStore();
  const engine = scriptedEngine();
  const first = await openHouse(store, engine);
  await first.build('a');
  await first.build('b');
  first.holdSamples();
  first.autoTest.begin();
  await soon(() => expect(first.asked).toEqual([B]));
  await first.close();
  expect(first.failures).toEqual([]);
  const second = await house({}, store, engine);
  second.samples.set(B, [passing]);
  expect(await second.states('c')).toEqual(['b staged', 'a current']);
  second.autoTest.begin();
  await soon(() => expect(second.environments.find('c')?.digest).toBe(B));
});
