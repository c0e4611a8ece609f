import { expect, test } from 'vitest';
import { createSecondFactors } from '../../../../server/people/sign-in/second-factor.ts';
import { codeAt, stepAt } from '../../../../server/people/sign-in/totp.ts';
import { sampleUser } from '../../../support/store/samples.ts';
import { tempTestStore } from '../../../support/store/test-store.ts';

async function setUp() {
  const store = await tempTestStore();
  await store.users.insert(sampleUser('u1'));
  const time = { now: Date.UTC(2026, 10, 30) };
  const factors = createSecondFactors(store, () => time.now);
  const secret = await factors.begin('u1');
  const code = () => codeAt(secret, stepAt(time.now));
  return { store, time, factors, code };
}

test('counts once a code of the app was typed, and not before', async () => {
  const { store, factors, code } = await setUp();
  expect(await factors.check('u1', code())).toBe(false);
  expect(await factors.confirm('u1', '000000')).toBeNull();
  expect((await store.users.get('u1'))?.secondFactor).toBeUndefined();
  expect(await factors.confirm('u1', code())).toHaveLength(10);
  expect((await store.users.get('u1'))?.secondFactor).toBe('2026-11-30T00:00:00.000Z');
});

test('each code works once, also at the same moment; the next one works', async () => {
  const { time, factors, code } = await setUp();
  await factors.confirm('u1', code());
  expect(await factors.check('u1', code())).toBe(false);
  time.now += 30_000;
  const twice = await Promise.all([factors.check('u1', code()), factors.check('u1', code())]);
  expect(twice.toSorted()).toEqual([false, true]);
});

test('a recovery code works once, as people type it; the store has no code', async () => {
  const { store, factors, code } = await setUp();
  const [first = '', second = ''] = (await factors.confirm('u1', code())) ?? [];
  expect(JSON.stringify(await store.secondFactors.get('u1'))).not.toContain(first.replace('-', ''));
  expect(await factors.check('u1', ` ${first.toLowerCase().replace('-', ' ')} `)).toBe(true);
  expect(await factors.check('u1', first)).toBe(false);
  expect(await factors.check('u1', second)).toBe(true);
});

test('a factor that is on is not replaced by a new secret; a reset takes it away', async () => {
  const { store, factors, code } = await setUp();
  await factors.confirm('u1', code());
  await expect(factors.begin('u1')).rejects.toMatchObject({ code: 'conflict' });
  await factors.reset('u1');
  expect(await store.users.get('u1')).toEqual(sampleUser('u1'));
  expect(await factors.check('u1', code())).toBe(false);
});
