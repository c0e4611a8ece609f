/** The accounts of a fresh installation: an operator, and a teacher and two students of the demo course. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyPassword } from '../people/sign-in/passwords.ts';
import { createUsers } from '../people/users.ts';
import type { Store } from '../ports/store.ts';
import { DEMO_COURSE } from './demo-course.ts';

const SIGN_IN_FILE = 'first-sign-in.txt';
const PASSWORD_BYTES = 9;

/** Easy to type on a phone: no characters that look alike in most fonts. */
export const newPassword = (): string =>
  randomBytes(PASSWORD_BYTES)
    .toString('base64url')
    .replace(/[-_IlO0]/g, 'x');

export type FirstAccount = { name: string; password: string };

/** Does nothing when there is an operator. The passwords stay in a file that only this user can read. */
export async function createFirstAccounts(
  store: Store,
  data: string,
  clock: () => number,
): Promise<FirstAccount[]> {
  if ((await store.users.count({ operator: true })) > 0) return [];
  const users = createUsers(store, clock);
  const accounts: FirstAccount[] = [];
  const add = async (name: string, operator: boolean, role: 'teacher' | 'student' | null) => {
    if (await users.findByName(name)) return;
    const password = newPassword();
    const roles = role === null ? {} : { [DEMO_COURSE]: role };
    await users.addUser({ name, password, operator, roles });
    accounts.push({ name, password });
  };
  await add('operator', true, null);
  await add('teacher', false, 'teacher');
  await add('student', false, 'student');
  await add('student2', false, 'student');
  const lines = accounts.map(({ name, password }) => `${name} ${password}`);
  await writeFile(join(data, SIGN_IN_FILE), `${lines.join('\n')}\n`, { mode: 0o600 });
  return accounts;
}

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
