/** What builds that teachers and operators ask for may use; the part "build" of the configuration. */
import { z } from 'zod';
import type { BuildLimits } from '../../ports/builder.ts';
import { patternsSchema } from '../registries/policy.ts';

const MIB = 2 ** 20;
const bytes = (mebibytes: number) =>
  z.coerce
    .number()
    .int()
    .positive()
    .default(mebibytes * MIB);
/** "false" from an environment variable is no. */
const onOff = (given: boolean) =>
  z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]).default(given);

export const buildConfigSchema = z.strictObject({
  /** Teachers may build in the browser; else only operators. */
  teachers: onOff(true),
  /** Patterns of images of the engine that teachers may build on, beside environments and what comes with Gradeport. */
  bases: patternsSchema,
  /** Steps of builds have a network, and base images that are not here are pulled. */
  network: onOff(false),
  timeMs: z.coerce
    .number()
    .int()
    .positive()
    .default(20 * 60_000),
  memoryBytes: bytes(2048),
  cpus: z.coerce.number().positive().default(1),
  /** Of one step. */
  pids: z.coerce.number().int().positive().default(1024),
  /** What the steps may write, on top of the base image. */
  diskBytes: bytes(4096),
  /** What it may print. */
  outputBytes: bytes(32),
  /** Of the files that a Dockerfile copies from. */
  contextBytes: bytes(64),
});
export type BuildConfig = z.infer<typeof buildConfigSchema>;

export function limitsOf({
  teachers: _teachers,
  bases: _bases,
  network: _network,
  ...limits
}: BuildConfig): BuildLimits {
  return limits;
}
