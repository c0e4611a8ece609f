import { beforeAll, expect, test } from 'vitest';
import type { User } from '../../../../server/model/collections.ts';
import { newDeviceMark } from '../../../../server/people/sign-in/devices.ts';
import { hashPassword } from '../../../../server/people/sign-in/passwords.ts';
import { createSignIn, type SignInLimits } from '../../../../server/people/sign-in/sign-in.ts';
import { Refused } from '../../../../server/rules/problems.ts';
import { sampleUser } from '../../../support/store/samples.ts';

const RIGHT = 'correct horse';
let ada: User;
beforeAll(async () => {
  ada = sampleUser('u1', { name: 'ada', passwordHash: await hashPassword(RIGHT) });
});

function setUp(limits: Partial<SignInLimits> = {}) {
  const time = { now: Date.UTC(2026, 10, 30) };
  const users = new Map([
    ['ada', ada],
    ['bob', { ...ada, id: 'u2', name: 'bob' }],
    ['zoe', { ...ada, id: 'u3', name: 'zoe', secondFactor: '2026-11-30T00:00:00.000Z' }],
  ]);
  const findByName = async (name: string) => users.get(name.trim().toLowerCase()) ?? null;
  const secondFactors = { check: async (_id: string, code: string) => code === '123456' };
  const check = createSignIn({ findByName, secondFactors, clock: () => time.now, limits });
  const signIn = (name: string, password: string, address: string, device: string | null = null, code = '') =>
    check({ name, password, address, device, code });
  return { time, signIn };
}
const times = (count: number, attempt: (index: number) => Promise<unknown>): Promise<unknown[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => attempt(index).catch((error: unknown) => error)));
const problems = (answers: readonly unknown[]) =>
  answers.map((one) => (one instanceof Refused ? one.problem : 'in'));

test('the right password gives the user', async () => {
  expect(await setUp().signIn('ada', RIGHT, '10.0.0.1')).toEqual(ada);
});

test('an unknown name and a wrong password get the same answer', async () => {
  const { signIn } = setUp();
  const denied = { code: 'denied', message: 'The name or the password is wrong.' };
  await expect(signIn('ada', 'wrong horse', '10.0.0.1')).rejects.toMatchObject(denied);
  await expect(signIn('eve', RIGHT, '10.0.0.1')).rejects.toMatchObject(denied);
  await expect(signIn('', '', '')).rejects.toMatchObject(denied);
  await expect(signIn('ada', 'x'.repeat(1e6), '10.0.0.1')).rejects.toMatchObject(denied);
});

test('after ten wrong ones the name waits at that address only, also for guesses at once', async () => {
  const { signIn, time } = setUp();
  const errors = await times(12, () => signIn('ada', 'wrong horse', '10.0.0.1'));
  expect(problems(errors).filter((one) => one === 'too-many-sign-ins')).toHaveLength(2);
  await expect(signIn('ADA ', RIGHT, '10.0.0.1')).rejects.toMatchObject({
    code: 'busy',
    message: 'Too many attempts to sign in: try again in 60 s.',
    facts: { waitS: 60 },
  });
  expect(await signIn('ada', RIGHT, '10.0.0.2')).toEqual(ada);
  expect(await signIn('bob', RIGHT, '10.0.0.1')).toMatchObject({ name: 'bob' });
  time.now += 60_000;
  expect(await signIn('ada', RIGHT, '10.0.0.1')).toEqual(ada);
});

test('a success forgets the wrong ones before it', async () => {
  const { signIn } = setUp();
  for (let round = 0; round < 3; round++) {
    await times(9, () => signIn('ada', 'wrong horse', '10.0.0.1'));
    expect(await signIn('ada', RIGHT, '10.0.0.1')).toEqual(ada);
  }
});

test('a network that guesses many names shuts no one else there out', async () => {
  const { signIn } = setUp({ suspicious: 20 });
  await times(40, (index) => signIn(`name${index}`, 'wrong horse', '10.0.0.1'));
  expect(await signIn('ada', RIGHT, '10.0.0.1')).toEqual(ada);
});

test('on a suspicious network an account has two tries, elsewhere ten', async () => {
  const { signIn } = setUp({ suspicious: 20 });
  await times(20, (index) => signIn(`name${index}`, 'wrong horse', '10.0.0.1'));
  const there = await times(4, () => signIn('bob', 'wrong horse', '10.0.0.1'));
  expect(problems(there)).toEqual([
    'wrong-sign-in',
    'wrong-sign-in',
    'too-many-sign-ins',
    'too-many-sign-ins',
  ]);
});

test('a known device gets in while guesses from its network are refused, and has tries of its own', async () => {
  const { signIn } = setUp({ closed: 15, suspicious: 5 });
  const device = newDeviceMark(ada);
  await times(15, () => signIn('ada', 'wrong horse', '10.0.0.1'));
  await times(15, (index) => signIn(`name${index}`, 'wrong horse', '10.0.0.1'));
  await expect(signIn('bob', RIGHT, '10.0.0.1')).rejects.toMatchObject({ problem: 'too-many-sign-ins' });
  expect(await signIn('ada', RIGHT, '10.0.0.1', device)).toEqual(ada);
  const guesses = await times(12, () => signIn('ada', 'wrong horse', '10.0.0.1', device));
  expect(problems(guesses).filter((one) => one === 'too-many-sign-ins')).toHaveLength(2);
});

test.each([
  ['of another account', () => newDeviceMark({ id: 'u2', passwordHash: ada.passwordHash })],
  ['from before the password changed', () => newDeviceMark({ id: 'u1', passwordHash: 'another' })],
  ['that is forged', () => `${'A'.repeat(22)}.${'A'.repeat(43)}`],
  ['that is no mark', () => '\u0000'.repeat(200)],
])('a mark %s makes no device known', async (_what, mark) => {
  const { signIn } = setUp();
  await times(10, () => signIn('ada', 'wrong horse', '10.0.0.1', mark()));
  await expect(signIn('ada', RIGHT, '10.0.0.1', mark())).rejects.toMatchObject({
    problem: 'too-many-sign-ins',
  });
});

test('right passwords are limited, too, per account', async () => {
  const { signIn, time } = setUp({ perAccount: 3 });
  for (let count = 0; count < 3; count++) await signIn('ada', RIGHT, '10.0.0.1');
  await expect(signIn('ada', RIGHT, '10.0.0.2')).rejects.toMatchObject({
    problem: 'account-signs-in-often',
    message: expect.stringContaining('signIn.perAccount'),
  });
  expect(await signIn('bob', RIGHT, '10.0.0.1')).toMatchObject({ name: 'bob' });
  expect(time.now).toBeGreaterThan(0);
});

test('a flood from one network fills its own lane, and another network is let in between', async () => {
  const { signIn } = setUp({ waitingPerNetwork: 5, waiting: 20 });
  const ended: string[] = [];
  const flood = times(30, (index) =>
    signIn(`name${index}`, RIGHT, '10.0.0.1').finally(() => void ended.push('flood')),
  );
  const other = signIn('ada', RIGHT, '10.0.0.2').finally(() => void ended.push('ada'));
  const [answers] = await Promise.all([flood, other]);
  expect(problems(answers).filter((one) => one === 'sign-ins-are-full')).toHaveLength(24);
  // The refused ones ended at once. One was being hashed, and one of the lane may have had its turn.
  expect(ended.slice(24).indexOf('ada')).toBeLessThan(3);
});

test('an account with a second factor is asked for its code, and only after the right password', async () => {
  const { signIn } = setUp();
  await expect(signIn('zoe', 'wrong horse', '10.0.0.1', null, '123456')).rejects.toMatchObject({
    problem: 'wrong-sign-in',
  });
  await expect(signIn('zoe', RIGHT, '10.0.0.1')).rejects.toMatchObject({ problem: 'second-factor-needed' });
  await expect(signIn('zoe', RIGHT, '10.0.0.1', null, '000000')).rejects.toMatchObject({
    problem: 'wrong-code',
  });
  expect(await signIn('zoe', RIGHT, '10.0.0.1', null, '123456')).toMatchObject({ name: 'zoe' });
});

test('guesses of codes wait, from all networks together, but not the known device', async () => {
  const { signIn } = setUp();
  const guesses = await times(11, (index) => signIn('zoe', RIGHT, `10.0.${index}.1`, null, '000000'));
  expect(problems(guesses).filter((one) => one === 'too-many-sign-ins')).toHaveLength(1);
  await expect(signIn('zoe', RIGHT, '10.9.0.1', null, '123456')).rejects.toMatchObject({
    problem: 'too-many-sign-ins',
  });
  const device = newDeviceMark({ id: 'u3', passwordHash: ada.passwordHash });
  expect(await signIn('zoe', RIGHT, '10.9.0.1', device, '123456')).toMatchObject({ name: 'zoe' });
});

test('addresses of one IPv6 customer, and an IPv4 address in IPv6 words, are one network', async () => {
  const { signIn } = setUp({ waitingPerNetwork: 5, waiting: 20 });
  const flood = await times(30, (index) => signIn(`name${index}`, RIGHT, `2001:db8::${index.toString(16)}`));
  expect(problems(flood).filter((one) => one === 'sign-ins-are-full')).toHaveLength(24);
  const wrong = setUp();
  await times(5, () => wrong.signIn('ada', 'wrong horse', '10.0.0.9'));
  await times(5, () => wrong.signIn('ada', 'wrong horse', '::ffff:10.0.0.9'));
  await expect(wrong.signIn('ada', RIGHT, '10.0.0.9')).rejects.toMatchObject({
    problem: 'too-many-sign-ins',
  });
});

test('a flood from very many networks fills the line for all, and says when to come again', async () => {
  const { signIn } = setUp({ waitingPerNetwork: 5, waiting: 20 });
  const answers = await times(60, (index) => signIn('bob', RIGHT, `10.1.${index}.1`));
  expect(problems(answers).filter((one) => one === 'sign-ins-are-full').length).toBeGreaterThanOrEqual(38);
  const full = answers.find((one) => one instanceof Refused && one.problem === 'sign-ins-are-full');
  expect(full).toMatchObject({ code: 'busy' });
  expect(await signIn('ada', RIGHT, '10.0.0.1')).toEqual(ada);
});
