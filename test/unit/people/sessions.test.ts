import { expect, test, vi } from 'vitest';
import { createSessions, SESSION_MS } from '../../../server/people/sessions.ts';
import { sampleUser } from '../../support/store/samples.ts';
import { tempTestStore } from '../../support/store/test-store.ts';

const HOUR_MS = 3_600_000;
async function setUp() {
  const store = await tempTestStore();
  await store.users.insert(sampleUser('u1'));
  const clock = { now: Date.UTC(2026, 10, 20) };
  return { store, clock, sessions: createSessions(store, () => clock.now) };
}

test('a token opens its user; the store holds no token', async () => {
  const { store, sessions } = await setUp();
  const token = await sessions.open('u1');
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(await sessions.resolve(token)).toEqual(sampleUser('u1'));
  expect(JSON.stringify(await store.sessions.find({}))).not.toContain(token);
});

test('nothing else opens anything', async () => {
  const { store, sessions } = await setUp();
  const token = await sessions.open('u1');
  const stored = (await store.sessions.find({}))[0]?.id ?? '';
  for (const wrong of [
    '',
    stored,
    token.slice(1),
    `${token}a`,
    `${token}\n`,
    'a'.repeat(43),
    'x'.repeat(1e6),
  ]) {
    expect(await sessions.resolve(wrong)).toBeNull();
  }
});

test('ends 14 days after its last use', async () => {
  const { clock, sessions } = await setUp();
  const token = await sessions.open('u1');
  clock.now += SESSION_MS - 1;
  expect(await sessions.resolve(token)).not.toBeNull();
  clock.now += SESSION_MS - 1;
  expect(await sessions.resolve(token)).not.toBeNull();
  clock.now += SESSION_MS;
  expect(await sessions.resolve(token)).toBeNull();
});

test('is written at most once per hour', async () => {
  const { store, clock, sessions } = await setUp();
  const token = await sessions.open('u1');
  const update = vi.spyOn(store.sessions, 'update');
  for (let minute = 0; minute <= 180; minute++) {
    await sessions.resolve(token);
    clock.now += HOUR_MS / 60;
  }
  expect(update.mock.calls.length).toBeGreaterThanOrEqual(2);
  expect(update.mock.calls.length).toBeLessThanOrEqual(3);
});

test('closing one leaves the others; closing all of a user leaves those of others', async () => {
  const { store, sessions } = await setUp();
  await store.users.insert(sampleUser('u2'));
  const [one, two, other] = await Promise.all(['u1', 'u1', 'u2'].map((id) => sessions.open(id)));
  await sessions.close(one ?? '');
  expect(await sessions.resolve(one ?? '')).toBeNull();
  expect(await sessions.resolve(two ?? '')).not.toBeNull();
  expect(await sessions.closeAllOf('u1')).toBe(1);
  expect(await sessions.resolve(two ?? '')).toBeNull();
  expect(await sessions.resolve(other ?? '')).not.toBeNull();
});

test('purge removes what has expired and nothing else', async () => {
  const { clock, sessions } = await setUp();
  await sessions.open('u1');
  clock.now += HOUR_MS;
  const later = await sessions.open('u1');
  clock.now += SESSION_MS - HOUR_MS;
  expect(await sessions.purge()).toBe(1);
  expect(await sessions.purge()).toBe(0);
  expect(await sessions.resolve(later)).not.toBeNull();
});

test('the session of a user who is gone opens nothing', async () => {
  const { store, sessions } = await setUp();
  const token = await sessions.open('u1');
  await store.users.remove({ id: 'u1' });
  expect(await sessions.resolve(token)).toBeNull();
});
