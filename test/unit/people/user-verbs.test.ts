/** Accounts are for operators, also for somebody who asks by another way than a command. */
import { expect, test } from 'vitest';
import { granted } from '../../../server/model/verb.ts';
import {
  addUser,
  changeEmail,
  changePassword,
  changeRole,
  listUsers,
  removeUser,
  showUser,
} from '../../../server/people/user-verbs.ts';
import { createUsers } from '../../../server/people/users.ts';
import { operatorHere } from '../../../server/rules/access.ts';
import { tempTestStore } from '../../support/store/test-store.ts';

const root = operatorHere('root');
const password = 'correct horse';
async function setUp(...names: string[]) {
  const deps = { users: createUsers(await tempTestStore(), () => 0) };
  for (const name of names) await granted(addUser(deps, root, { name, password }));
  return deps;
}

test('gives accounts without what their passwords became', async () => {
  const deps = await setUp();
  const added = await granted(addUser(deps, root, { name: 'Ada', password }));
  expect(added).toMatchObject({ name: 'ada', displayName: 'ada', operator: false, roles: {} });
  expect(await granted(listUsers(deps, root, {}))).toEqual([added]);
  expect(JSON.stringify(added)).not.toContain('$argon2');
});

test('refuses a name that is taken, and a user that is not there', async () => {
  const deps = await setUp('ada');
  expect(await addUser(deps, root, { name: 'ada', password })).toMatchObject({
    ok: false,
    refusal: { problem: 'user-name-taken', message: 'There is already a user "ada".' },
  });
  for (const answer of [
    await showUser(deps, root, { name: 'bob' }),
    await removeUser(deps, root, { name: 'bob' }),
    await changeRole(deps, root, { name: 'bob', courses: [], role: null }),
    await changeEmail(deps, root, { name: 'bob', email: null }),
    await changePassword(deps, root, { name: 'bob', password }),
  ])
    expect(answer).toMatchObject({ ok: false, refusal: { problem: 'no-user', facts: { user: 'bob' } } });
});

test('gives a role in some courses, and takes it away again', async () => {
  const deps = await setUp('ada');
  const teacher = { name: 'ada', courses: ['a', 'b'], role: 'teacher', operator: true };
  const changed = await granted(changeRole(deps, root, teacher));
  expect(changed).toMatchObject({ operator: true, roles: { a: 'teacher', b: 'teacher' } });
  const out = await granted(changeRole(deps, root, { name: 'ada', courses: ['a'], role: null }));
  expect(out).toMatchObject({ operator: true, roles: { b: 'teacher' } });
});

test('names every field that is wrong', async () => {
  const deps = await setUp();
  await expect(addUser(deps, root, { name: '-', password: 'short' })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(
      /^This user cannot be saved: name: .*; password: a password has at least 8/,
    ),
  });
});

test('is for operators', async () => {
  const deps = await setUp('ada');
  const teacher = { ...root, operator: false, roles: { a: 'teacher' as const } };
  for (const verb of [addUser, listUsers, showUser, changeRole, changeEmail, changePassword, removeUser])
    await expect(verb(deps, teacher, { name: 'ada' })).rejects.toMatchObject({
      problem: 'users-are-for-operators',
    });
});
