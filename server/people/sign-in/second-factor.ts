/** The second factor of an account: an authenticator app, and recovery codes for the day on which it is lost. */
import { createHash, randomBytes } from 'node:crypto';
import type { Store } from '../../ports/store.ts';
import { base32, stepOf } from './totp.ts';

const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
/** 50 bits: nothing that can be guessed, so a plain hash keeps it. */
const RECOVERY_LETTERS = 10;

export type SecondFactors = ReturnType<typeof createSecondFactors>;

const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex');
/** As people type it: in any case, with or without blanks and hyphens. */
const plain = (code: string): string => code.replace(/[\s-]/g, '').toUpperCase();

function newRecoveryCode(): string {
  const letters = base32(randomBytes(8)).slice(0, RECOVERY_LETTERS);
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

export function createSecondFactors(
  { secondFactors, users }: Pick<Store, 'secondFactors' | 'users'>,
  clock: () => number,
) {
  /** Makes a secret that counts once a code of it was typed. @returns it */
  async function begin(userId: string): Promise<string> {
    const secret = base32(randomBytes(SECRET_BYTES));
    const fresh = { secret, isOn: false, lastStep: 0, recovery: [], uses: 0 };
    if (await secondFactors.update({ id: userId, isOn: false }, { $set: fresh })) return secret;
    await secondFactors.insert({ id: userId, ...fresh });
    return secret;
  }

  /** @returns the recovery codes, which cannot be read again; null: the code is wrong */
  async function confirm(userId: string, code: string): Promise<string[] | null> {
    const found = await secondFactors.get(userId);
    const step = found && !found.isOn ? stepOf(found.secret, plain(code), clock()) : null;
    if (step === null) return null;
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
    const recovery = codes.map((one) => hashOf(plain(one)));
    await secondFactors.update({ id: userId }, { $set: { isOn: true, lastStep: step, recovery } });
    await users.update({ id: userId }, { $set: { secondFactor: new Date(clock()).toISOString() } });
    return codes;
  }

  /** Each code works once, however often it is sent at the same moment. */
  async function check(userId: string, given: string): Promise<boolean> {
    const found = await secondFactors.get(userId);
    if (!found?.isOn) return false;
    const code = plain(given);
    const step = stepOf(found.secret, code, clock());
    if (step !== null) {
      const used = { id: userId, lastStep: { $lt: step } };
      return (await secondFactors.update(used, { $set: { lastStep: step } })) !== null;
    }
    const left = found.recovery.filter((one) => one !== hashOf(code));
    if (left.length === found.recovery.length) return false;
    const change = { $set: { recovery: left, uses: found.uses + 1 } };
    return (await secondFactors.update({ id: userId, uses: found.uses }, change)) !== null;
  }

  async function reset(userId: string): Promise<void> {
    await users.update({ id: userId }, { $unset: { secondFactor: true } });
    await secondFactors.remove({ id: userId });
  }

  return { begin, confirm, check, reset };
}
