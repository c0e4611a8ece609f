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

test('an account has so many sessions; the one that was used least lately ends', async () => {
  const { store, clock } = await setUp();
  const few = createSessions(store, () => clock.now, 3);
  const tokens: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    tokens.push(await few.open('u1'));
    clock.now += HOUR_MS;
    if (count === 2) await few.resolve(tokens[0] ?? '');
    clock.now += HOUR_MS;
  }
  const open = await Promise.all(tokens.map((token) => few.resolve(token)));
  expect(open.map((user) => user !== null)).toEqual([true, false, true, true]);
});

test('are listed for their user, with browser and network as harmless text, and end one by one or all but one', async () => {
  const { store, sessions } = await setUp();
  await store.users.insert(sampleUser('u2'));
  const own = await sessions.open('u1', { agent: 'Fire\u001b[2Jfox\n', address: '10.1.2.3' });
  const [other, foreign] = [await sessions.open('u1'), await sessions.open('u2')];
  const list = await sessions.list('u1');
  expect(list).toHaveLength(2);
  expect(list.find(({ id }) => sessions.isOf(id, own))).toMatchObject({ agent: 'Firefox', from: '10.1.2.3' });
  const theirs = (await sessions.list('u2'))[0]?.id ?? '';
  expect(await sessions.end('u1', { id: theirs })).toBe(0);
  expect(await sessions.resolve(foreign)).not.toBeNull();
  expect(await sessions.end('u1', { allBut: own })).toBe(1);
  expect(await sessions.resolve(other)).toBeNull();
  expect(await sessions.resolve(own)).not.toBeNull();
});

test('ends 90 days after signing in, however often it is used', async () => {
  const { clock, sessions } = await setUp();
  const token = await sessions.open('u1');
  for (let day = 0; day < 89; day += 1) {
    clock.now += 24 * HOUR_MS;
    expect(await sessions.resolve(token)).not.toBeNull();
  }
  clock.now += 24 * HOUR_MS;
  expect(await sessions.resolve(token)).toBeNull();
});
