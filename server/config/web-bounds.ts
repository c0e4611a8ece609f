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
  /** Sessions of one account; the next sign-in ends the one that was used least lately. */
  sessions: count(20),
  /** Whose account must have a second factor. */
  secondFactor: z.enum(['optional', 'operators', 'staff']).default('optional'),
});

const MIB = 2 ** 20;
const GIB = 2 ** 30;

export const webConfigSchema = z.strictObject({
  /** Open connections: in all, and from one address where clients reach the server directly. */
  connections: count(5000),
  connectionsPerAddress: count(1000),
  /** Bytes of requests that are being read or answered: in all, and of one user. */
  bytesInFlight: count(512 * MIB),
  bytesInFlightPerUser: count(64 * MIB),
});

/** What one user may hand in, to all tasks together. */
export const submissionsConfigSchema = z.strictObject({
  perMinute: count(30),
  bytesPerHour: count(256 * MIB),
  /** What is kept: answers, uploads and reports, of one user and of all. */
  bytesPerUser: count(2 * GIB),
  bytesInAll: count(100 * GIB),
});
