/** What users do with their own account: its second factor, and the browsers that are signed in. */
import { z } from 'zod';
import type { User } from '../model/collections.ts';
import { verb } from '../model/verb.ts';
import { refuse } from '../rules/problems.ts';
import type { Sessions } from './sessions.ts';
import type { SecondFactors } from './sign-in/second-factor.ts';
import type { SignIn } from './sign-in/sign-in.ts';

export type AccountDeps = {
  sessions: Pick<Sessions, 'list' | 'isOf' | 'end'>;
  secondFactors: SecondFactors;
  signIn: SignIn;
};

/** The token of the request: its session is marked, and stays when the others end. */
const ownSchema = z.strictObject({ token: z.string() });
const sessionSchema = z.object({
  id: z.string(),
  agent: z.string(),
  from: z.string(),
  createdAt: z.string(),
  usedAt: z.string(),
  isThis: z.boolean(),
});

export const listSessions = verb({
  input: ownSchema,
  output: z.array(sessionSchema),
  refuses: [],
  async run({ sessions }: AccountDeps, who: User, { token }) {
    const open = await sessions.list(who.id);
    return open.map((one) => ({ ...one, isThis: sessions.isOf(one.id, token) }));
  },
});

export const endSessions = verb({
  /** id null: all but the one of the request. */
  input: ownSchema.extend({ id: z.string().max(100).nullable() }),
  output: z.int(),
  refuses: [],
  run: ({ sessions }: AccountDeps, who: User, { id, token }) =>
    sessions.end(who.id, id === null ? { allBut: token } : { id }),
});

const proofSchema = z.strictObject({ password: z.string(), address: z.string() });

export const beginSecondFactor = verb({
  input: proofSchema,
  /** In base32, for the app. */
  output: z.object({ secret: z.string() }),
  refuses: ['wrong-password', 'too-many-sign-ins', 'second-factor-is-on', 'sign-ins-are-full'],
  async run({ signIn, secondFactors }: AccountDeps, who: User, { password, address }) {
    if (who.secondFactor !== undefined) refuse('second-factor-is-on', {});
    // A stolen session must not lock its owner out with a factor of the thief's.
    await signIn.again(who, password, address);
    return { secret: await secondFactors.begin(who.id) };
  },
});

export const confirmSecondFactor = verb({
  input: ownSchema.extend({ code: z.string().max(100), address: z.string() }),
  /** Recovery codes, which cannot be read again. */
  output: z.object({ codes: z.array(z.string()) }),
  refuses: ['wrong-code', 'too-many-sign-ins'],
  async run({ signIn, secondFactors, sessions }: AccountDeps, who: User, { code, token, address }) {
    let codes: string[] = [];
    await signIn.codeAgain(who, address, async () => {
      codes = (await secondFactors.confirm(who.id, code)) ?? [];
      return codes.length > 0;
    });
    // They were opened with the password alone.
    await sessions.end(who.id, { allBut: token });
    return { codes };
  },
});

export const endSecondFactor = verb({
  input: proofSchema.extend({ code: z.string().max(100) }),
  output: z.void(),
  refuses: ['wrong-password', 'wrong-code', 'too-many-sign-ins', 'sign-ins-are-full'],
  async run({ signIn, secondFactors }: AccountDeps, who: User, { password, address, code }) {
    await signIn.again(who, password, address);
    await signIn.codeAgain(who, address, () => secondFactors.check(who.id, code));
    await secondFactors.reset(who.id);
  },
});
