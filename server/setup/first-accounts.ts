/** The accounts of a fresh installation: an operator, and a teacher and two students of the demo course. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createUsers } from '../accounts/users.ts';
import type { Store } from '../store/port.ts';
import { DEMO_COURSE } from './demo-course.ts';

const SIGN_IN_FILE = 'first-sign-in.txt';
const PASSWORD_BYTES = 9;

/** Easy to type on a phone: no characters that look alike in most fonts. */
export const newPassword = (): string =>
  randomBytes(PASSWORD_BYTES)
    .toString('base64url')
    .replace(/[-_IlO0]/g, 'x');

export type FirstAccount = { name: string; password: string };

/** Does nothing when there is any account. The passwords stay in a file that only this user can read. */
export async function createFirstAccounts(
  store: Store,
  data: string,
  clock: () => number,
): Promise<FirstAccount[]> {
  if ((await store.users.count({})) > 0) return [];
  const users = createUsers(store, clock);
  const accounts: FirstAccount[] = [];
  const add = async (name: string, operator: boolean, role: 'teacher' | 'student' | null) => {
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

/** What the first start wrote down; empty once the operator removed the file. */
export async function readFirstAccounts(data: string): Promise<FirstAccount[]> {
  const file = join(data, SIGN_IN_FILE);
  if (!existsSync(file)) return [];
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return lines.map((line) => {
    const [name = '', password = ''] = line.split(' ');
    return { name, password };
  });
}

export const signInFile = (data: string): string => join(data, SIGN_IN_FILE);
