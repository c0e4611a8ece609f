/** The thread that computes password hashes, one after the other: the threads that read and write files stay free. */
import { parentPort } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/argon2';
import { z } from 'zod';

const orderSchema = z.object({
  id: z.number(),
  password: z.string(),
  /** null: make a hash; otherwise compare with this one. */
  expected: z.string().nullable(),
  cost: z.object({ memoryCost: z.number(), timeCost: z.number(), parallelism: z.number() }),
});

parentPort?.on('message', (message: unknown) => {
  const { id, password, expected, cost } = orderSchema.parse(message);
  try {
    const value = expected === null ? hashSync(password, cost) : verifySync(expected, password);
    parentPort?.postMessage({ id, value });
  } catch (error) {
    parentPort?.postMessage({ id, fault: String(error) });
  }
});
