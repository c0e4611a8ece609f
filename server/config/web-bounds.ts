/** What one account, one network and all together may use of the server. Defaults are far from honest use. */
import { z } from 'zod';

const count = (usual: number) => z.coerce.number().int().positive().default(usual);

/** Names as in SignInLimits (server/people/sign-in). */
export const signInConfigSchema = z.strictObject({
  /** Sign-ins of one account within a quarter of an hour. */
  perAccount: count(60),
  /** Sign-ins that may wait for their turn: of one network, and of all. One hash takes some 25 ms. */
  waitingPerNetwork: count(200),
  waiting: count(400),
});
