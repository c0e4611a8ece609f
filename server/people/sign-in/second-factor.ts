/** The second factor of an account: an authenticator app, and recovery codes for the day on which it is lost. */
import { createHash, randomBytes } from 'node:crypto';
import type { Store } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { Secrets } from '../../rules/files/secrets.ts';
import { base32, stepOf } from './totp.ts';

const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
/** 50 bits: nothing that can be guessed, so a plain hash keeps it. */
const RECOVERY_LETTERS = 10;

export type SecondFactors = ReturnType<typeof createSecondFactors>;

/** Before a secret that is encrypted; base32 has no colon. */
const SEALED = 'sealed:';

const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex');
/** As people type it: in any case, with or without blanks and hyphens. */
const plain = (code: string): string => code.replace(/[\s-]/g, '').toUpperCase();

function newRecoveryCode(): string {
  const letters = base32(randomBytes(8)).slice(0, RECOVERY_LETTERS);
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

export function createSecondFactors(
  { secondFactors, users }: Pick<Store, 'secondFactors' | 'users'>,
  secrets: Secrets,
  clock: () => number,
) {
  /** A copy of the store alone opens none; each is bound to its account. */
  const seal = async (secret: string, userId: string): Promise<string> =>
    SEALED + (await secrets.seal(secret, aboutOf(userId)));

  /** null: the key is another, as after a backup was restored without it. */
  const open = (kept: string, userId: string): Promise<string | null> =>
    secrets.open(kept.slice(SEALED.length), aboutOf(userId)).catch(() => null);

  /** Encrypts what an older Gradeport kept as it is. Called at each start, before anyone signs in. */
  async function sealAll(): Promise<void> {
    for (const { id, secret } of await secondFactors.find({})) {
      if (secret.startsWith(SEALED)) continue;
      await secondFactors.update({ id, secret }, { $set: { secret: await seal(secret, id) } });
    }
  }

  /** Makes a secret that counts once a code of it was typed. @returns it */
  async function begin(userId: string): Promise<string> {
    const secret = base32(randomBytes(SECRET_BYTES));
    const fresh = { secret: await seal(secret, userId), isOn: false, lastStep: 0, recovery: [], uses: 0 };
    if (await secondFactors.update({ id: userId, isOn: false }, { $set: fresh })) return secret;
    await secondFactors.insert({ id: userId, ...fresh });
    return secret;
  }

  /** @returns the recovery codes, which cannot be read again; null: the code is wrong */
  async function confirm(userId: string, code: string): Promise<string[] | null> {
    const found = await secondFactors.get(userId);
    const secret = found && !found.isOn ? await open(found.secret, userId) : null;
    const step = secret === null ? null : stepOf(secret, plain(code), clock());
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
    const secret = await open(found.secret, userId);
    const step = secret === null ? null : stepOf(secret, code, clock());
    if (step !== null) {
      const used = { id: userId, lastStep: { $lt: step } };
      return (await secondFactors.update(used, { $set: { lastStep: step } })) !== null;
    }
    const left = found.recovery.filter((one) => one !== hashOf(code));
    if (left.length === found.recovery.length) return secret === null ? cannotRead() : false;
    const change = { $set: { recovery: left, uses: found.uses + 1 } };
    return (await secondFactors.update({ id: userId, uses: found.uses }, change)) !== null;
  }

  async function reset(userId: string): Promise<void> {
    await users.update({ id: userId }, { $unset: { secondFactor: true } });
    await secondFactors.remove({ id: userId });
  }

  return { begin, confirm, check, reset, sealAll };
}

const aboutOf = (userId: string): string => `second factor of ${userId}`;

function cannotRead(): never {
  throw new GradeportError(
    'denied',
    'The server has another key than the one that keeps second factors. Use a recovery code, or ask the operator to reset your second factor.',
  );
}
