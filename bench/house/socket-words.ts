/** The messages between the benchmark and the process of its browsers. */
import { z } from 'zod';

export const toClients = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connect'), url: z.string(), cookies: z.array(z.string()) }),
  /** Clients are numbered in the order of their cookies. */
  z.object({ type: z.literal('follow'), client: z.int(), run: z.string() }),
]);
export type ToClients = z.infer<typeof toClients>;

export const fromClients = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connected') }),
  z.object({ type: z.literal('failed'), reason: z.string() }),
  z.object({
    type: z.literal('verdict'),
    client: z.int(),
    /** ms since 1970, with fractions. */
    at: z.number(),
    /** The numbers of the steps that the client received, of the last attempt. */
    steps: z.array(z.int()),
  }),
]);
export type FromClients = z.infer<typeof fromClients>;

/** The clock that two processes of one machine share. */
export const now = (): number => performance.timeOrigin + performance.now();
