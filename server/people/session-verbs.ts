/** Signing in and out. The user is unknown yet, or known by the token of the request. */
import { z } from 'zod';
import { userSchema } from '../model/collections.ts';
import { verb } from '../model/verb.ts';
import type { Sessions } from './sessions.ts';
import { newDeviceMark } from './sign-in/devices.ts';
import type { SignIn } from './sign-in/sign-in.ts';

export type SessionDeps = { signIn: SignIn; sessions: Pick<Sessions, 'open' | 'close'> };

export const signIn = verb({
  input: z.strictObject({
    name: z.string().max(200),
    password: z.string(),
    address: z.string(),
    /** The mark of the browser's last account; null: it has none. */
    device: z.string().max(200).nullable(),
    /** The browser as it calls itself. */
    agent: z.string().default(''),
    code: z.string().max(100).default(''),
  }),
  /** token, device: for the browser's cookies, or for another client's next request. */
  output: z.object({
    account: userSchema.omit({ passwordHash: true }),
    token: z.string(),
    device: z.string(),
  }),
  refuses: [
    'wrong-sign-in',
    'too-many-sign-ins',
    'account-signs-in-often',
    'sign-ins-are-full',
    'second-factor-needed',
    'wrong-code',
  ],
  async run({ signIn: check, sessions }: SessionDeps, _nobody: null, { agent, ...request }) {
    const account = await check(request);
    return {
      account,
      token: await sessions.open(account.id, { agent, address: request.address }),
      device: newDeviceMark(account),
    };
  },
});

export const signOut = verb({
  input: z.strictObject({ token: z.string() }),
  output: z.void(),
  refuses: [],
  run: ({ sessions }: Pick<SessionDeps, 'sessions'>, _nobody: null, { token }) => sessions.close(token),
});
