/**
 * Known devices: a browser that signed in to an account keeps a mark of it. Guesses from elsewhere do not lock it out. The
 * mark opens nothing: the password is still asked for. It is signed with the account's password hash, so nothing is stored
 * and a new password makes every mark worthless.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { User } from '../../model/collections.ts';

type Account = Pick<User, 'id' | 'passwordHash'>;

/** The number of the device, and the signature. */
const MARK = /^([\w-]{22})\.([\w-]{43})$/;

const signature = ({ id, passwordHash }: Account, device: string): string =>
  createHmac('sha256', passwordHash).update(`gradeport device ${id} ${device}`).digest('base64url');

export function newDeviceMark(account: Account): string {
  const device = randomBytes(16).toString('base64url');
  return `${device}.${signature(account, device)}`;
}

/** @returns the number of the device; null: this account never signed in there */
export function knownDevice(account: Account, mark: string | null): string | null {
  const [, device, signed] = MARK.exec(mark ?? '') ?? [];
  if (device === undefined || signed === undefined) return null;
  return timingSafeEqual(Buffer.from(signed), Buffer.from(signature(account, device))) ? device : null;
}
