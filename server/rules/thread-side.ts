/** The thread's side of own-thread.ts: answers one job after the other. */
import { parentPort } from 'node:worker_threads';
import type { z } from 'zod';

/** @param work may be ended at any moment, with its thread */
export function answerInThread<I>(input: z.ZodType<I>, work: (job: I) => unknown): void {
  const port = parentPort;
  if (!port) throw new Error('This file runs in a thread of its own.');
  port.on('message', (job: unknown) => port.postMessage({ done: work(input.parse(job)) }));
  port.postMessage({ ready: true });
}
