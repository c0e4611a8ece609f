import { expect, test } from 'vitest';
import {
  coalesced,
  createMutex,
  createSemaphore,
  mapAtMost,
  whenAllEnded,
} from '../../../server/rules/turns.ts';

test('a semaphore lets so many in, and the others in the order they came', async () => {
  const semaphore = createSemaphore(1);
  const order: string[] = [];
  const first = await semaphore.enter();
  const waiting = ['a', 'b'].map(async (name) => {
    await using _turn = await semaphore.enter();
    order.push(name);
  });
  expect(order).toEqual([]);
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose](); // leaving twice frees one place only
  await Promise.all(waiting);
  expect(order).toEqual(['a', 'b']);
});

test('a caller that gives up waiting takes no place', async () => {
  const semaphore = createSemaphore(1);
  const first = await semaphore.enter();
  const stop = new AbortController();
  const impatient = semaphore.enter(stop.signal);
  const patient = semaphore.enter();
  stop.abort();
  await (await impatient)[Symbol.asyncDispose]();
  let isIn = false;
  void patient.then(() => {
    isIn = true;
  });
  await new Promise(setImmediate);
  expect(isIn).toBe(false);
  await first[Symbol.asyncDispose]();
  await (await patient)[Symbol.asyncDispose]();
  const stopped = await semaphore.enter(stop.signal);
  const gaveUp = await semaphore.enter(stop.signal);
  await gaveUp[Symbol.asyncDispose]();
  await stopped[Symbol.asyncDispose]();
});

test('a mutex lets one in after the other, also after one that failed', async () => {
  const inTurn = createMutex();
  const first = Promise.withResolvers<string>();
  const order: string[] = [];
  const done = [
    inTurn(() => first.promise),
    inTurn(async () => {
      order.push('second');
      throw new Error('it failed');
    }),
    inTurn(async () => order.push('third')),
  ];
  await new Promise(setImmediate);
  expect(order).toEqual([]);
  first.resolve('first');
  expect(await Promise.allSettled(done)).toMatchObject([
    { value: 'first' },
    { reason: new Error('it failed') },
    { value: 2 },
  ]);
  expect(order).toEqual(['second', 'third']);
});

test('coalesced work is never done twice at once: all that ask meanwhile share one more round', async () => {
  const rounds: PromiseWithResolvers<void>[] = [];
  let [atOnce, most] = [0, 0];
  const ask = coalesced(async () => {
    most = Math.max(most, ++atOnce);
    const round = Promise.withResolvers<void>();
    rounds.push(round);
    await round.promise;
    atOnce -= 1;
  });
  const first = ask();
  const [second, third] = [ask(), ask()];
  expect(second).toBe(third);
  expect(rounds.length).toBe(1);
  rounds[0]?.resolve();
  await first;
  // Their round has begun: a caller that asks now waits for another one.
  expect(rounds.length).toBe(2);
  const fourth = ask();
  rounds[1]?.resolve();
  await second;
  expect(rounds.length).toBe(3);
  rounds[2]?.resolve();
  await fourth;
  expect(most).toBe(1);
});

test('a coalesced round that fails does not keep the next from being done', async () => {
  let count = 0;
  const ask = coalesced(async () => {
    count += 1;
    if (count === 1) throw new Error('once');
  });
  const [first, second] = [ask(), ask()];
  await expect(first).rejects.toThrow('once');
  await second;
  expect(count).toBe(2);
});

test('a list is worked on so many at a time, and the results have its order', async () => {
  let [atOnce, most] = [0, 0];
  const results = await mapAtMost(3, [5, 4, 3, 2, 1, 0], async (ticks) => {
    most = Math.max(most, ++atOnce);
    for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    atOnce -= 1;
    return ticks * 10;
  });
  expect(results).toEqual([50, 40, 30, 20, 10, 0]);
  expect(most).toBe(3);
  expect(await mapAtMost(3, [], async () => 1)).toEqual([]);
});

test('nothing more of a list is begun once a signal is aborted or one failed', async () => {
  const stop = new AbortController();
  const begun: number[] = [];
  const stopAtTwo = async (one: number) => {
    begun.push(one);
    if (one === 2) stop.abort();
    return one;
  };
  expect(await mapAtMost(1, [1, 2, 3], stopAtTwo, stop.signal)).toEqual([1, 2]);
  const failing = mapAtMost(1, [7, 8], async (one) => {
    begun.push(one);
    throw new Error('it failed');
  });
  await expect(failing).rejects.toThrow('it failed');
  expect(begun).toEqual([1, 2, 7]);
});

test('where one of several works fails, the others have ended, too', async () => {
  const slow = Promise.withResolvers<string>();
  let isOver = false;
  const all = whenAllEnded([Promise.reject(new Error('full')), slow.promise]).finally(() => {
    isOver = true;
  });
  const failed = expect(all).rejects.toThrow('full');
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  slow.resolve('done');
  await failed;
  expect(await whenAllEnded([Promise.resolve(1), 'two'])).toEqual([1, 'two']);
});

test('a list that fails has no work left when it says so', async () => {
  const slow = Promise.withResolvers<void>();
  let isOver = false;
  const failing = mapAtMost(2, ['fails', 'slow'], async (one) => {
    if (one === 'fails') throw new Error('failed');
    await slow.promise;
  });
  void failing.catch(() => {
    isOver = true;
  });
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  slow.resolve();
  await expect(failing).rejects.toThrow('failed');
});
