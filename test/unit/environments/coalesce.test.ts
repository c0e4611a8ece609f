import { expect, test } from 'vitest';
import { coalesce } from '../../../server/environments/coalesce.ts';

test('is never done twice at once, and whoever asks meanwhile gets one more round together', async () => {
  const rounds: PromiseWithResolvers<void>[] = [];
  let [atOnce, most] = [0, 0];
  const ask = coalesce(async () => {
    most = Math.max(most, ++atOnce);
    const round = Promise.withResolvers<void>();
    rounds.push(round);
    await round.promise;
    atOnce -= 1;
  });
  const first = ask();
  const [second, third] = [ask(), ask()];
  expect(second).toBe(third);
  rounds[0]?.resolve();
  await first;
  const fourth = ask();
  expect(fourth).toBe(second);
  while (rounds.length < 2) await Promise.resolve();
  rounds[1]?.resolve();
  await fourth;
  expect([rounds.length, most]).toEqual([2, 1]);
});

test('a round that fails does not keep the next from being done', async () => {
  let count = 0;
  const ask = coalesce(async () => {
    count += 1;
    if (count === 1) throw new Error('once');
  });
  const [first, second] = [ask(), ask()];
  await expect(first).rejects.toThrow('once');
  await second;
  expect(count).toBe(2);
});
