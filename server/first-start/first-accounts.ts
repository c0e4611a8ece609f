/** The accounts of a fresh installation: an operator, and a teacher and two students of the demo course. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyPassword } from '../people/sign-in/passwords.ts';
import { createUsers } from '../people/users.ts';
import type { Store } from '../ports/store.ts';
import { replacePrivate } from '../rules/files/secrets.ts';
import { DEMO_COURSE } from './demo-course.ts';

const SIGN_IN_FILE = 'first-sign-in.txt';
const PASSWORD_BYTES = 9;

/** Easy to type on a phone: no characters that look alike in most fonts. */
export const newPassword = (): string =>
  randomBytes(PASSWORD_BYTES)
    .toString('base64url')
    .replace(/[-_IlO0]/g, 'x');

export type FirstAccount = { name: string; password: string };

type Wanted = { name: string; operator: boolean; role: 'teacher' | 'student' | null };
/** The operator comes last: an installation that has one has them all. */
const WANTED: readonly Wanted[] = [
  { name: 'student2', operator: false, role: 'student' },
  { name: 'student', operator: false, role: 'student' },
  { name: 'teacher', operator: false, role: 'teacher' },
  { name: 'operator', operator: true, role: null },
];

/**
 * Does nothing when there is an operator. The passwords stay in a file that only this user can read, and are there before
 * the accounts are: an account whose password a full disk did not take would be of no use.
 */
export async function createFirstAccounts(
  store: Store,
  data: string,
  clock: () => number,
): Promise<FirstAccount[]> {
  if ((await store.users.count({ operator: true })) > 0) return [];
  const users = createUsers(store, clock);
  // Made by a first start that did not come to its end.
  const known = await readFirstAccounts(store, data);
  const missing: (Wanted & FirstAccount)[] = [];
  for (const one of WANTED)
    if (!(await users.findByName(one.name))) missing.push({ ...one, password: newPassword() });
  const accounts = [...known, ...missing.map(({ name, password }) => ({ name, password }))];
  accounts.sort((one, other) => rankOf(other) - rankOf(one));
  const lines = accounts.map(({ name, password }) => `${name} ${password}`);
  await replacePrivate(signInFile(data), `${lines.join('\n')}\n`);
  for (const { name, password, operator, role } of missing) {
    const roles = role === null ? {} : { [DEMO_COURSE]: role };
    await users.addUser({ name, password, operator, roles });
  }
  return accounts;
}

const rankOf = ({ name }: FirstAccount): number => WANTED.findIndex((one) => one.name === name);

/** The accounts that the first start wrote to the file and whose passwords are still valid. */
export async function readFirstAccounts(store: Store, data: string): Promise<FirstAccount[]> {
  const file = join(data, SIGN_IN_FILE);
  if (!existsSync(file)) return [];
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  const accounts = lines.map((line) => {
    const [name = '', password = ''] = line.split(' ');
    return { name, password };
  });
  const hold = await Promise.all(
    accounts.map(async ({ name, password }) => {
      const user = await store.users.findOne({ name });
      return user !== null && (await verifyPassword(user.passwordHash, password));
    }),
  );
  return accounts.filter((_, index) => hold[index]);
}

export const signInFile = (data: string): string => join(data, SIGN_IN_FILE);
