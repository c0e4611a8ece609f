import { expect, test } from 'vitest';
import { createSessions } from '../../../server/people/sessions.ts';
import { verifyPassword } from '../../../server/people/sign-in/passwords.ts';
import { createUsers } from '../../../server/people/users.ts';
import { tempTestStore } from '../../support/store/test-store.ts';

const NOW = Date.UTC(2026, 10, 20);
async function setUp() {
  const store = await tempTestStore();
  return { store, users: createUsers(store, () => NOW), sessions: createSessions(store, () => NOW) };
}
const ada = { name: 'ada', password: 'correct horse' };

test('adds a user: name in lower case, no password kept', async () => {
  const { users } = await setUp();
  const user = await users.addUser({ ...ada, name: ' Ada.L ', roles: { c1: 'teacher' } });
  expect(user).toMatchObject({
    name: 'ada.l',
    displayName: 'ada.l',
    operator: false,
    roles: { c1: 'teacher' },
    createdAt: '2026-11-20T00:00:00.000Z',
  });
  expect(JSON.stringify(user)).not.toContain('correct horse');
  expect(await users.findByName('ADA.L')).toEqual(user);
  expect(await users.findByName('ada')).toBeNull();
  expect(await users.findByName('*'.repeat(10_000))).toBeNull();
});

test('a name is taken once, also by two who ask at the same time', async () => {
  const { users } = await setUp();
  const both = await Promise.allSettled([users.addUser(ada), users.addUser({ ...ada, name: 'ADA' })]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  await expect(users.addUser(ada)).rejects.toMatchObject({
    code: 'conflict',
    message: 'There is already a user "ada".',
  });
});

test.each([
  ['name', { name: '' }],
  ['name', { name: '-ada' }],
  ['name', { name: 'a b' }],
  ['name', { name: 'a'.repeat(65) }],
  ['name', { name: 'ada\nroot' }],
  ['name', { name: 'ädä' }],
  ['password', { password: 'short 7' }],
  ['password', { password: 'x'.repeat(1025) }],
  ['displayName', { displayName: 'x'.repeat(201) }],
])('refuses a bad %s', async (field, wrong) => {
  const { users } = await setUp();
  await expect(users.addUser({ ...ada, ...wrong })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(`${field}: `),
  });
});

test('a new password replaces the old one and signs the user out everywhere', async () => {
  const { users, sessions } = await setUp();
  const { id } = await users.addUser(ada);
  const token = await sessions.open(id);
  await users.setPassword(id, 'battery staple');
  const hash = (await users.findByName('ada'))?.passwordHash ?? '';
  expect(await verifyPassword(hash, 'battery staple')).toBe(true);
  expect(await verifyPassword(hash, 'correct horse')).toBe(false);
  expect(await sessions.resolve(token)).toBeNull();
  await expect(users.setPassword(id, 'short')).rejects.toMatchObject({ code: 'usage' });
  await expect(users.setPassword('nobody', 'battery staple')).rejects.toMatchObject({ code: 'not-found' });
});

test('roles are set, changed and taken away, also at once and with dots in the name of the course', async () => {
  const { users } = await setUp();
  const { id } = await users.addUser(ada);
  await Promise.all(['c.2026', 'c2', 'constructor'].map((course) => users.setRole(id, course, 'student')));
  expect((await users.findByName('ada'))?.roles).toEqual({
    'c.2026': 'student',
    c2: 'student',
    constructor: 'student',
  });
  await users.setRole(id, 'c.2026', 'teacher');
  const changed = await users.setRole(id, 'c2', null);
  expect(changed.roles).toEqual({ 'c.2026': 'teacher', constructor: 'student' });
  await expect(users.setRole('nobody', 'c2', 'student')).rejects.toMatchObject({ code: 'not-found' });
  expect(await users.setRole(id, 'c3', 'student')).toMatchObject({ roles: { c3: 'student' } });
  expect(await users.setOperator(id, true)).toMatchObject({ operator: true });
});

test('lists by name; a removed user is gone with all sessions', async () => {
  const { users, sessions, store } = await setUp();
  for (const name of ['bob', 'ada']) await users.addUser({ ...ada, name });
  const list = await users.list();
  expect(list.map(({ name }) => name)).toEqual(['ada', 'bob']);
  const id = list[0]?.id ?? '';
  const token = await sessions.open(id);
  expect(await users.remove(id)).toBe(true);
  expect(await users.remove(id)).toBe(false);
  expect(await sessions.resolve(token)).toBeNull();
  expect(await store.sessions.count({})).toBe(0);
});

test('an e-mail address is optional, checked, changed and taken away', async () => {
  const { users } = await setUp();
  const plain = await users.addUser({ ...ada, name: 'plain' });
  expect(plain.email).toBeUndefined();
  const { id } = await users.addUser({ ...ada, name: 'mailed', email: 'ada@example.org' });
  expect((await users.findByName('mailed'))?.email).toBe('ada@example.org');
  await expect(users.setEmail(id, 'nonsense')).rejects.toMatchObject({ code: 'usage' });
  expect((await users.setEmail(id, 'b@example.org')).email).toBe('b@example.org');
  expect((await users.setEmail(id, null)).email).toBeUndefined();
  await expect(users.setEmail('nobody', null)).rejects.toMatchObject({ code: 'not-found' });
});
