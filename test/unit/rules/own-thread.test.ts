/** Work in a thread of its own is ended at its bounds, and the next work is done as if nothing had been. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openThread } from '../../../server/rules/own-thread.ts';

const script = new URL('../../support/slow-thread-child.ts', import.meta.url);
const bounds = { deadlineMs: 1000, memoryMiB: 64, maxWaiting: 5, idleMs: null };
const open = (change: object = {}) =>
  openThread<string, string>(script, z.string(), { ...bounds, ...change });

test.each([
  ['takes too long', 'loop', 'more than 1 s'],
  ['needs too much memory', 'eat', 'memory'],
  ['throws', 'throw', 'thrown'],
])('a job that %s fails alone: the loop went on, and the next job has a new thread', async (_, job, why) => {
  const thread = open({ deadlineMs: job === 'loop' ? 1000 : 60_000 });
  let ticks = 0;
  const ticking = setInterval(() => {
    ticks += 1;
  }, 10);
  await expect(thread.work('a', job)).rejects.toThrow(why);
  clearInterval(ticking);
  expect(ticks).toBeGreaterThan(5);
  expect(await thread.work('a', 'next')).toBe('next!');
});

test('those who ask take turns, whatever one of them has waiting', async () => {
  const thread = open();
  const order: string[] = [];
  const ask = (owner: string, job: string) => thread.work(owner, job).then((done) => order.push(done));
  await Promise.all([ask('a', 'a1'), ask('a', 'a2'), ask('a', 'a3'), ask('b', 'b1')]);
  expect(order).toEqual(['a1!', 'a2!', 'b1!', 'a3!']);
});

test('more than may wait is refused with a sentence, and what waits is done', async () => {
  const thread = open();
  const all = Array.from({ length: 8 }, (_, at) => thread.work('a', `${at}`));
  const ends = await Promise.allSettled(all);
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
  expect(ends.at(-1)).toMatchObject({
    reason: { code: 'busy', message: 'More than 5 texts wait to be read.' },
  });
});
