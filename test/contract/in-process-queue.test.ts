import { expect, onTestFinished, test, vi } from 'vitest';
import { openQueue } from '../../server/adapters/open-queue.ts';
import { createInProcessQueue } from '../../server/adapters/queue-local/in-process.ts';
import type { Timer } from '../../server/ports/clock.ts';
import { ada, createHandler } from '../support/store/handler.ts';
import { queueContract } from './queue.contract.ts';

queueContract('in one process', async (maxWaiting) => {
  const queue = await openQueue({ kind: 'in-process', maxWaiting });
  onTestFinished(() => void queue.close());
  return queue;
});

/** A timer that the test fires by hand. */
function createTimer() {
  const delays: number[] = [];
  const set = new Map<number, () => void>();
  const timer: Timer = (work, delayMs) => {
    const key = delays.push(delayMs);
    set.set(key, work);
    return () => set.delete(key);
  };
  const fire = (): void => {
    const works = [...set.values()];
    set.clear();
    for (const work of works) work();
  };
  return { timer, delays, fire, size: () => set.size };
}
const turn = (): Promise<void> => new Promise(setImmediate);

test('a throwing handler gives the id back behind the others, after a growing delay', async () => {
  const [clock, handler, onFailure] = [createTimer(), createHandler(), vi.fn()];
  const queue = createInProcessQueue({ timer: clock.timer, onFailure });
  queue.consume(handler.handle, 1);
  for (const id of ['a', 'b', 'c']) await queue.push(id, ada);
  handler.fail('a');
  await handler.startedCount(2);
  expect(onFailure).toHaveBeenCalledWith('a', expect.any(Error));
  expect([await queue.position('c'), await queue.position('a')]).toEqual([0, 1]);
  expect(await queue.size()).toEqual({ waiting: 2, active: 1 });
  clock.fire();
  handler.finish('b');
  await handler.startedCount(3);
  handler.finish('c');
  expect(await handler.startedCount(4)).toEqual(['a', 'b', 'c', 'a']);
  for (const count of [5, 6, 7, 8, 9, 10, 11]) {
    handler.fail('a');
    await turn();
    clock.fire();
    await handler.startedCount(count);
  }
  expect(clock.delays).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

test('a success forgets earlier failures', async () => {
  const [clock, handler] = [createTimer(), createHandler()];
  const queue = createInProcessQueue({ timer: clock.timer });
  queue.consume(handler.handle, 1);
  await queue.push('a', ada);
  for (const end of [handler.fail, handler.finish, handler.fail]) {
    end('a');
    await turn();
    clock.fire();
    await queue.push('a', ada);
  }
  expect(clock.delays).toEqual([1000, 1000]);
});

test('a resting id ignores a push, and can be removed', async () => {
  const [clock, handler] = [createTimer(), createHandler()];
  const queue = createInProcessQueue({ timer: clock.timer });
  queue.consume(handler.handle, 1);
  await queue.push('a', ada);
  handler.fail('a');
  await turn();
  await queue.push('a', ada);
  expect(await queue.size()).toEqual({ waiting: 1, active: 0 });
  expect(await queue.remove('a')).toBe(true);
  expect(clock.size()).toBe(0);
  expect(await queue.position('a')).toBeNull();
  expect(handler.started).toEqual(['a']);
});

test('an id that was pushed again and then fails is tried again once', async () => {
  const [clock, handler] = [createTimer(), createHandler()];
  const queue = createInProcessQueue({ timer: clock.timer });
  queue.consume(handler.handle, 1);
  await queue.push('a', ada);
  await queue.push('a', ada);
  handler.fail('a');
  await turn();
  clock.fire();
  handler.finish('a');
  await turn();
  expect(handler.started).toEqual(['a', 'a']);
  expect(await queue.size()).toEqual({ waiting: 0, active: 0 });
});

test('a handler that throws at once, without a promise, is a failure like others', async () => {
  const clock = createTimer();
  const queue = createInProcessQueue({ timer: clock.timer });
  queue.consume(() => {
    throw new Error('at once');
  }, 1);
  await queue.push('a', ada);
  await turn();
  expect(clock.delays).toEqual([1000]);
});

test('a parked id that fails is tried again, after its delay', async () => {
  const [clock, handler] = [createTimer(), createHandler()];
  const queue = createInProcessQueue({ timer: clock.timer });
  queue.consume(handler.handle, 1);
  await queue.push('a', ada);
  handler.park('a');
  handler.fail('a');
  await turn();
  expect(clock.delays).toEqual([1000]);
  clock.fire();
  expect(await handler.startedCount(2)).toEqual(['a', 'a']);
});

test('close calls off delays, and a failure while closing sets none', async () => {
  const [clock, handler] = [createTimer(), createHandler()];
  const queue = createInProcessQueue({ timer: clock.timer });
  queue.consume(handler.handle, 2);
  for (const id of ['a', 'b']) await queue.push(id, ada);
  handler.fail('a');
  await turn();
  const closing = queue.close();
  handler.fail('b');
  await closing;
  await queue.push('c', ada);
  expect(clock.size()).toBe(0);
  expect(handler.started).toEqual(['a', 'b']);
});

test('a failed id rests behind all that wait, and then takes a turn of its owner again', async () => {
  const [clock, handler] = [createTimer(), createHandler()];
  const queue = createInProcessQueue({ timer: clock.timer });
  queue.consume(handler.handle, 1);
  for (const id of ['a1', 'a2', 'a3']) await queue.push(id, ada);
  await queue.push('b1', { owner: 'bob', course: 'c1' });
  handler.fail('a1');
  await handler.startedCount(2);
  const places = ['b1', 'a2', 'a3', 'a1'].map((id) => queue.position(id));
  expect(await Promise.all(places)).toEqual([null, 0, 1, 2]);
  clock.fire();
  await queue.push('b2', { owner: 'bob', course: 'c1' });
  for (const id of ['b1', 'a2', 'b2', 'a3']) {
    handler.finish(id);
    await handler.startedCount(handler.started.length + 1);
  }
  expect(handler.started).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'a1']);
});

test('ten thousand ids pass quickly, and the one too many is refused', async () => {
  const queue = createInProcessQueue();
  for (let index = 0; index < 10_000; index++) await queue.push(`r${index}`, ada);
  await expect(queue.checkRoom()).rejects.toMatchObject({ code: 'busy' });
  expect(await queue.position('r9999')).toBe(9999);
  const last = Promise.withResolvers<void>();
  queue.consume(async (runId) => {
    if (runId === 'r9999') last.resolve();
  }, 4);
  await last.promise;
});
