/** Whether users of slots are also users, or subordinate users, of this machine: passwd(5), subuid(5). */
import { readFileSync } from 'node:fs';

/** The numbers of slots: `first` and two for each slot. Names as in the configuration (slotUsers). */
export type UserRange = { first: number; slots: number };

export const USUAL_USERS: UserRange = { first: 1_900_000_000, slots: 1000 };

export const lastOf = ({ first, slots }: UserRange): number => first + 2 * slots - 1;

type Files = { passwd: string; subuid: string };

/** @returns who has some of them, as a sentence; null: no one that these files know */
export function overlapWith(range: UserRange, { passwd, subuid }: Files = filesHere()): string | null {
  for (const [name = '', , uid] of rows(passwd)) {
    const first = numberIn(uid);
    if (first !== null && meets(range, first, 1)) return `${name} is user ${first} (/etc/passwd)`;
  }
  for (const [name = '', start, size] of rows(subuid)) {
    const [first, count] = [numberIn(start), numberIn(size)];
    if (first !== null && count !== null && meets(range, first, count))
      return `${name} has the users ${first} to ${first + count - 1} (/etc/subuid)`;
  }
  return null;
}

/** No number is among none. */
const meets = (range: UserRange, first: number, count: number): boolean =>
  count > 0 && first <= lastOf(range) && first + count - 1 >= range.first;

const rows = (text: string): string[][] => text.split('\n').map((line) => line.split(':'));

/** What is no number is left out, as the system does. */
const numberIn = (text = ''): number | null => (/^\d{1,10}$/.test(text) ? Number(text) : null);

/** A file that is missing or unreadable says nothing; users of a directory service are in neither. */
const filesHere = (): Files => ({ passwd: readable('/etc/passwd'), subuid: readable('/etc/subuid') });

function readable(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
