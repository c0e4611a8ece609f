/** Signing in and out. The user is unknown yet, or known by the token of the request. */
import { z } from 'zod';
import { userSchema } from '../model/collections.ts';
import { verb } from '../model/verb.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

export type SessionDeps = { signIn: SignIn; sessions: Pick<Sessions, 'open' | 'close'> };

export const signIn = verb({
  input: z.strictObject({ name: z.string().max(200), password: z.string(), address: z.string() }),
  /** token: for the browser's cookie, or for another client's next request. */
  output: z.object({ account: userSchema.omit({ passwordHash: true }), token: z.string() }),
  refuses: ['wrong-sign-in', 'too-many-sign-ins'],
  async run({ signIn: check, sessions }: SessionDeps, _nobody: null, { name, password, address }) {
    const account = await check(name, password, address);
    return { account, token: await sessions.open(account.id) };
  },
});

export const signOut = verb({
  input: z.strictObject({ token: z.string() }),
  output: z.void(),
  refuses: [],
  run: ({ sessions }: Pick<SessionDeps, 'sessions'>, _nobody: null, { token }) => sessions.close(token),
});
