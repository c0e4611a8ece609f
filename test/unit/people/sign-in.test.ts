import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { User } from '../../../server/model/collections.ts';
import { hashPassword } from '../../../server/people/passwords.ts';
import { createSignIn } from '../../../server/people/sign-in.ts';
import { sampleUser } from '../../support/store/samples.ts';

const RIGHT = 'correct horse';
let ada: User;
beforeAll(async () => {
  ada = sampleUser('u1', { name: 'ada', passwordHash: await hashPassword(RIGHT) });
});
afterEach(() => void vi.useRealTimers());

const setUp = (limits?: { perName: number; perAddress: number }) =>
  createSignIn({ findByName: async (name) => (name.toLowerCase() === 'ada' ? ada : null) }, limits);
const times = async (count: number, attempt: (index: number) => Promise<unknown>): Promise<unknown[]> => {
  const attempts = Array.from({ length: count }, (_, index) =>
    attempt(index).catch((error: unknown) => error),
  );
  return Promise.all(attempts);
};

test('the right password gives the user', async () => {
  expect(await setUp()('ada', RIGHT, '10.0.0.1')).toEqual(ada);
});

test('an unknown name and a wrong password get the same answer', async () => {
  const signIn = setUp();
  const denied = { code: 'denied', message: 'The name or the password is wrong.' };
  await expect(signIn('ada', 'wrong horse', '10.0.0.1')).rejects.toMatchObject(denied);
  await expect(signIn('eve', RIGHT, '10.0.0.1')).rejects.toMatchObject(denied);
  await expect(signIn('', '', '')).rejects.toMatchObject(denied);
  await expect(signIn('ada', 'x'.repeat(1e6), '10.0.0.1')).rejects.toMatchObject(denied);
});

test('after ten wrong ones the name waits at that address only, also for guesses at once', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const signIn = setUp();
  const errors = await times(12, () => signIn('ada', 'wrong horse', '10.0.0.1'));
  expect(errors.filter((error) => (error as { code: string }).code === 'busy')).toHaveLength(2);
  await expect(signIn('ADA ', RIGHT, '10.0.0.1')).rejects.toMatchObject({
    code: 'busy',
    message: 'Too many attempts to sign in: try again in 15 min.',
  });
  expect(await signIn('ada', RIGHT, '10.0.0.2')).toEqual(ada);
  vi.setSystemTime(Date.now() + 900_001);
  expect(await signIn('ada', RIGHT, '10.0.0.1')).toEqual(ada);
});

test('a success forgets the wrong ones before it', async () => {
  const signIn = setUp();
  for (let round = 0; round < 3; round++) {
    await times(9, () => signIn('ada', 'wrong horse', '10.0.0.1'));
    expect(await signIn('ada', RIGHT, '10.0.0.1')).toEqual(ada);
  }
});

test('an address that tries many names waits; a class behind one address does not', async () => {
  const signIn = setUp({ perName: 2, perAddress: 5 });
  for (let count = 0; count < 10; count++) await signIn('ada', RIGHT, '10.0.0.1');
  const errors = await times(6, (index) => signIn(`name${index}`, 'wrong horse', '10.0.0.1'));
  expect(errors.filter((error) => (error as { code: string }).code === 'busy')).toHaveLength(1);
  await expect(signIn('ada', RIGHT, '10.0.0.1')).rejects.toMatchObject({ code: 'busy' });
  expect(await signIn('ada', RIGHT, '10.0.0.2')).toEqual(ada);
});
