/**
 * Checks a name and a password. Guessers wait, and others do not wait for them: an account on a network, and a known
 * device, have tries of their own. Hashes are computed one at a time, and each network has its turn.
 */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { User } from '../../model/collections.ts';
import { createFairGate } from '../../rules/fair-gate.ts';
import { refuse } from '../../rules/problems.ts';
import { stopped } from '../../rules/stopped-attacks.ts';
import { waitFacts } from '../../rules/wait-facts.ts';
import { type Backoff, createBackoff } from './backoff.ts';
import { knownDevice } from './devices.ts';
import { networkOf } from './network.ts';
import { MAX_PASSWORD_LENGTH, verifyPassword } from './passwords.ts';
import type { SecondFactors } from './second-factor.ts';

const WINDOW_S = 15 * 60;

export type SignInLimits = {
  /** Sign-ins of one account within a quarter of an hour. */
  perAccount: number;
  /** Sign-ins that may wait for a hash: of one network, and of all. */
  waitingPerNetwork: number;
  waiting: number;
  /** Wrong passwords of a network in a quarter of an hour, after which an account has only two tries from there. */
  suspicious: number;
  /** ... and after which only known devices may try there. */
  closed: number;
};
const SIGN_IN_LIMITS: SignInLimits = {
  perAccount: 60,
  waitingPerNetwork: 200,
  waiting: 400,
  suspicious: 300,
  closed: 3000,
};
const TRIES_FROM_SUSPICIOUS = 2;

type SignInRequest = {
  name: string;
  password: string;
  address: string;
  /** The mark of the browser's last account, if it has one. */
  device: string | null;
  /** Of the app, or a recovery code; '' where the account has no second factor. */
  code: string;
};
export type SignIn = ((request: SignInRequest) => Promise<User>) & {
  /** Asks a signed-in user again, before a change that a stolen session must not make. */
  again(user: User, password: string, address: string): Promise<void>;
  /** A code of a signed-in user. Its tries are counted, because a thief may have the session, and the password, too. */
  codeAgain(user: User, address: string, isRight: () => Promise<boolean>): Promise<void>;
};
type Deps = {
  secondFactors: Pick<SecondFactors, 'check'>;
  findByName(name: string): Promise<User | null>;
  clock: () => number;
  limits?: Partial<SignInLimits>;
};

/** Refuses with "denied" (one sentence for unknown name and wrong password) or "busy" (too many attempts). */
export function createSignIn({ findByName, secondFactors, clock, limits = {} }: Deps): SignIn {
  const { perAccount, waitingPerNetwork, waiting, suspicious, closed } = { ...SIGN_IN_LIMITS, ...limits };
  const tries = createBackoff({ clock });
  const wrongOfNetwork = new RateLimiterMemory({ points: closed, duration: WINDOW_S });
  const successes = new RateLimiterMemory({ points: perAccount, duration: WINDOW_S });
  const gate = createFairGate(1, { perLane: waitingPerNetwork, overall: waiting });

  /** @returns the key of these tries */
  async function begin({ name, device }: SignInRequest, user: User | null, network: string): Promise<string> {
    const known = user && knownDevice(user, device);
    // A name is bounded, because it is remembered; a longer text cannot be one.
    const key = known ? `device ${known}` : `${name.trim().toLowerCase().slice(0, 65)} ${network}`;
    const wrong = known ? null : await wrongOfNetwork.get(network);
    const about = { user: user?.name, from: network };
    if (wrong !== null && wrong.consumedPoints >= closed) {
      stopped('sign-in', { why: `${closed} wrong passwords from this network`, ...about });
      return refuse('too-many-sign-ins', waitFacts(wrong.msBeforeNext));
    }
    const isSuspicious = wrong !== null && wrong.consumedPoints >= suspicious;
    const waitMs = isSuspicious ? tries.begin(key, TRIES_FROM_SUSPICIOUS) : tries.begin(key);
    if (waitMs > 0) {
      stopped('sign-in', { why: 'too many wrong passwords of one account', ...about });
      return refuse('too-many-sign-ins', waitFacts(waitMs));
    }
    return key;
  }

  async function checkSuccesses({ id, name }: User, from: string): Promise<void> {
    const before = await successes.get(id);
    if (before === null || before.consumedPoints < perAccount) return;
    stopped('sign-in', { why: `${perAccount} sign-ins of one account`, user: name, from });
    refuse('account-signs-in-often', { most: perAccount, ...waitFacts(before.msBeforeNext) });
  }

  async function verify(user: User | null, password: string, network: string): Promise<boolean> {
    const entering = gate.enter(network);
    if (entering === null) {
      stopped('flood', {
        why: `${waitingPerNetwork} sign-ins of one network wait, or ${waiting} in all`,
        from: network,
      });
      return refuse('sign-ins-are-full', {});
    }
    using _place = await entering;
    // Awaited here: the place is given away as soon as this function returns.
    return await verifyPassword(user?.passwordHash ?? null, password.slice(0, MAX_PASSWORD_LENGTH + 1));
  }

  const { checkCode, again, codeAgain } = createProofs({ tries, secondFactors, verify });

  const signIn = async (request: SignInRequest): Promise<User> => {
    const network = networkOf(request.address);
    const user = await findByName(request.name);
    const key = await begin(request, user, network);
    if (user) await checkSuccesses(user, network);
    const matches = await verify(user, request.password, network);
    if (!user || !matches) {
      await wrongOfNetwork.penalty(network);
      return refuse('wrong-sign-in', {});
    }
    tries.forgive(key);
    await successes.penalty(user.id);
    await checkCode(user, request, network);
    return user;
  };
  return Object.assign(signIn, { again, codeAgain });
}

type Proofs = Pick<Deps, 'secondFactors'> & {
  tries: Backoff;
  verify(user: User, password: string, network: string): Promise<boolean>;
};

/** What is asked for beside name and password, or again. */
function createProofs({ tries, secondFactors, verify }: Proofs) {
  /** The tries of an account are one number for all networks: only somebody with its password sends codes. */
  async function checkCode(user: User, { code, device }: SignInRequest, from: string): Promise<void> {
    if (user.secondFactor === undefined) return;
    if (code.trim() === '') refuse('second-factor-needed', {});
    const key = `code ${knownDevice(user, device) ?? user.id}`;
    await countedCode(user, { key, from, isRight: () => secondFactors.check(user.id, code) });
  }

  type Counted = { key: string; from: string; isRight(): Promise<boolean> };
  async function countedCode(user: User, { key, from, isRight }: Counted): Promise<void> {
    const waitMs = tries.begin(key);
    if (waitMs > 0) {
      stopped('sign-in', { why: 'too many wrong codes of one account', user: user.name, from });
      refuse('too-many-sign-ins', waitFacts(waitMs));
    }
    if (!(await isRight())) refuse('wrong-code', {});
    tries.forgive(key);
  }

  async function again(user: User, password: string, address: string): Promise<void> {
    const key = `again ${user.id}`;
    const waitMs = tries.begin(key);
    if (waitMs > 0) refuse('too-many-sign-ins', waitFacts(waitMs));
    if (!(await verify(user, password, networkOf(address)))) refuse('wrong-password', {});
    tries.forgive(key);
  }

  /** A thief's tries here do not keep the owner from signing in. */
  const codeAgain: SignIn['codeAgain'] = (user, address, isRight) =>
    countedCode(user, { key: `code again ${user.id}`, from: networkOf(address), isRight });

  return { checkCode, again, codeAgain };
}
