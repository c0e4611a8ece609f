/** Signing in with a launch from a learning platform. The user is unknown until its signature is checked. */
import { z } from 'zod';
import { userSchema } from '../model/collections.ts';
import { verb } from '../model/verb.ts';
import type { Sessions } from '../people/sessions.ts';
import type { Launch } from './limited-launch.ts';

export type LaunchVerbDeps = { launch: Launch; sessions: Pick<Sessions, 'open'> };

export const enterByLaunch = verb({
  input: z.strictObject({
    course: z.string(),
    task: z.string(),
    origin: z.string(),
    path: z.string(),
    query: z.string(),
    body: z.string(),
    /** The address that the request came from, whose refusals are counted. */
    address: z.string(),
  }),
  /** token: for the browser's cookie. */
  output: z.object({ account: userSchema.omit({ passwordHash: true }), token: z.string() }),
  refuses: [],
  async run({ launch, sessions }: LaunchVerbDeps, _nobody: null, { address, ...request }) {
    const account = await launch(request, address);
    return { account, token: await sessions.open(account.id) };
  },
});
