/** Chooses the queue by config. */

import type { Queue } from '../ports/queue.ts';
import { createInProcessQueue, type InProcessOptions } from './queue-local/in-process.ts';

export type QueueConfig = { kind: 'in-process'; maxWaiting?: number };

export async function openQueue(
  { maxWaiting }: QueueConfig,
  options: Omit<InProcessOptions, 'maxWaiting'> = {},
): Promise<Queue> {
  return createInProcessQueue(maxWaiting === undefined ? options : { ...options, maxWaiting });
}
