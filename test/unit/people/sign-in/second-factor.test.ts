import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSecondFactors } from '../../../../server/people/sign-in/second-factor.ts';
import { codeAt, stepAt } from '../../../../server/people/sign-in/totp.ts';
import { createSecrets } from '../../../../server/rules/files/secrets.ts';
import { sampleUser } from '../../../support/store/samples.ts';
import { tempTestStore } from '../../../support/store/test-store.ts';

async function setUp() {
  const store = await tempTestStore();
  await store.users.insert(sampleUser('u1'));
  const time = { now: Date.UTC(2026, 10, 30) };
  const keys = mkdtempSync(join(tmpdir(), 'gradeport-keys-'));
  onTestFinished(() => rmSync(keys, { recursive: true }));
  const factors = createSecondFactors(store, createSecrets(keys, null), () => time.now);
  const secret = await factors.begin('u1');
  const code = () => codeAt(secret, stepAt(time.now));
  return { store, time, factors, code, secret };
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

const otherKey = () => createSecrets('/nowhere', Buffer.alloc(32, 7).toString('base64'));

test('a copy of the store has no secret that a code could be computed from', async () => {
  const { store, factors, code, secret } = await setUp();
  await factors.confirm('u1', code());
  expect(JSON.stringify(await store.secondFactors.find({}))).not.toContain(secret);
});

test('what an older Gradeport kept as it is, is encrypted at the start and works on', async () => {
  const { store, factors, time, code, secret } = await setUp();
  await factors.confirm('u1', code());
  await store.secondFactors.update({ id: 'u1' }, { $set: { secret } });
  await factors.sealAll();
  await factors.sealAll();
  expect(JSON.stringify(await store.secondFactors.find({}))).not.toContain(secret);
  time.now += 30_000;
  expect(await factors.check('u1', code())).toBe(true);
});

test('the secret of one account is none for another, and with another key only recovery codes are', async () => {
  const { store, factors, time, code } = await setUp();
  const [recovery = ''] = (await factors.confirm('u1', code())) ?? [];
  const kept = await store.secondFactors.get('u1');
  await store.users.insert(sampleUser('u2'));
  await store.secondFactors.insert({
    ...kept,
    id: 'u2',
    isOn: true,
    lastStep: 0,
    recovery: [],
    uses: 0,
    secret: kept?.secret ?? '',
  });
  time.now += 30_000;
  await expect(factors.check('u2', code())).rejects.toMatchObject({ code: 'denied' });
  const restored = createSecondFactors(store, otherKey(), () => time.now);
  await expect(restored.check('u1', code())).rejects.toThrow(/another key.*recovery code/);
  expect(await restored.check('u1', recovery)).toBe(true);
});
