/**
 * The messages between a worker and its host. The host has queue, store and courses; the worker has an engine. A
 * worker's messages are checked in full, because it runs beside containers; of the host's only the form is checked.
 */
import { z } from 'zod';
import { terminalSizeSchema } from '../../../grading-api/protocol.ts';
import type { Environment } from '../../environments/discovery/environment.ts';
import { gradedBySchema, outcomeSchema, runSchema } from '../../model/collections.ts';
import { runEventSchema } from '../../model/run-events.ts';
import type { Work } from '../run-source.ts';

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

export const runIdSchema = z.string().max(100);
export const stoppedSchema = z.enum(['stopping', 'graded']).nullable();
export const claimedSchema = runSchema.nullable();
export const workSchema = z.custom<Work & { pinned: Environment | null }>(isObject);

/** The environments of the worker's engine, as the host's history of revisions sees them. */
export const environmentsSchema = z.object({
  ok: z.boolean(),
  list: z.array(z.custom<Environment>(isObject)),
  runtimes: z.array(z.string()),
});
export type EnvironmentsSeen = z.infer<typeof environmentsSchema>;

/** options: as loadConfig takes them. */
export const settingsSchema = z.object({
  options: z.record(z.string(), z.unknown()),
  instance: z.string(),
  folder: z.string(),
  environments: environmentsSchema,
});
export type WorkerSettings = Omit<z.infer<typeof settingsSchema>, 'environments'>;

/** The ending of a run that this worker has claimed. */
export const finishSchema = z.object({
  runId: runIdSchema,
  ending: z.object({ outcome: outcomeSchema, environment: gradedBySchema.nullable() }),
});
export const giveBackSchema = z.object({ runId: runIdSchema, failures: z.int().min(0) });
export const eventSchema = z.object({ runId: runIdSchema, event: runEventSchema });

const terminal = z.object({ terminal: z.int() });
export const terminalSchemas = {
  show: terminal.extend({ runId: runIdSchema, until: z.number() }),
  print: terminal.extend({ bytes: z.instanceof(Uint8Array) }),
  opened: terminal.extend({ endsAt: z.number() }),
  closed: terminal,
  connect: terminal.extend({ size: terminalSizeSchema }),
  resize: terminal.extend({ size: terminalSizeSchema }),
  type: terminal.extend({ bytes: z.instanceof(Uint8Array) }),
  finish: terminal,
  behind: terminal.extend({ isBehind: z.boolean() }),
};
