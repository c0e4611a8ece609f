/** Passwords as argon2id hashes, with OWASP's minimum: 19 MiB, two passes, one lane. A thread of its own computes them. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';

const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** A longer text costs time before it is hashed. */
export const MAX_PASSWORD_LENGTH = 1024;
const THREAD = join(import.meta.dirname, 'hash-thread.ts');
/** A character may be typed as one code point or as two; both must be the same password. */
const normal = (password: string): string => password.normalize('NFKC');
/** A hash that matches no password: checked for unknown users, so that both answers take equally long. */
let dummy: Promise<string> | null = null;

const answerSchema = z.object({
  id: z.number(),
  value: z.union([z.string(), z.boolean()]).optional(),
  fault: z.string().optional(),
});
type Waiting = { resolve(value: string | boolean | undefined): void; reject(error: Error): void };
type Thread = { worker: Worker; waiting: Map<number, Waiting> };
let thread: Thread | null = null;
let lastId = 0;

export const hashPassword = async (password: string): Promise<string> =>
  z.string().parse(await ask(password, null));

/** @param expected the user's hash, or null for an unknown user: then false, after the same work */
export async function verifyPassword(expected: string | null, password: string): Promise<boolean> {
  dummy ??= hashPassword(crypto.randomUUID());
  const matches = z.boolean().parse(await ask(password, expected ?? (await dummy)));
  return expected !== null && matches;
}

function ask(password: string, expected: string | null): Promise<string | boolean | undefined> {
  thread ??= startThread();
  const { worker, waiting } = thread;
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    // The process ends when nothing else is left to do, but not before an answer that a caller waits for.
    worker.ref();
    worker.postMessage({ id, password: normal(password), expected, cost: COST });
  });
}

function startThread(): Thread {
  // Nothing of this process is passed on: options of a test runner or a debugger are not for it.
  const worker = new Worker(THREAD, { execArgv: [], env: {} });
  const waiting = new Map<number, Waiting>();
  worker.on('message', (message: unknown) => {
    const { id, value, fault } = answerSchema.parse(message);
    const caller = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    if (fault === undefined) caller?.resolve(value);
    else caller?.reject(new Error(`A password cannot be checked: ${fault}`));
  });
  const ended = (cause: unknown) => {
    thread = null;
    for (const { reject } of waiting.values())
      reject(new Error('The thread that checks passwords ended.', { cause }));
    waiting.clear();
  };
  worker.on('error', ended);
  worker.on('exit', ended);
  return { worker, waiting };
}
