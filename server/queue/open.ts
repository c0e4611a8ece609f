/** Chooses the queue by config. */
import { createInProcessQueue, type InProcessOptions } from './in-process.ts';
import type { Queue } from './port.ts';

export type QueueConfig = { kind: 'in-process'; maxWaiting?: number };

export async function openQueue(
  { maxWaiting }: QueueConfig,
  options: Omit<InProcessOptions, 'maxWaiting'> = {},
): Promise<Queue> {
  return createInProcessQueue(maxWaiting === undefined ? options : { ...options, maxWaiting });
}
