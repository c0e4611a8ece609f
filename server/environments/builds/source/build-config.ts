/** Limits and permissions of builds that teachers and operators request: the "build" part of the configuration. */
import { z } from 'zod';
import type { BuildLimits } from '../../../ports/engine/builder.ts';
import { patternsSchema } from '../../registries/policy.ts';

const MIB = 2 ** 20;
const bytes = (mebibytes: number) =>
  z.coerce
    .number()
    .int()
    .positive()
    .default(mebibytes * MIB);
/** "false" from an environment variable means false. */
export const onOff = (given: boolean) =>
  z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]).default(given);

export const buildConfigSchema = z.strictObject({
  /** Teachers may build in the browser; otherwise only operators may. */
  teachers: onOff(true),
  /** Patterns of images that teachers may build on, besides environments and the images that come with Gradeport. */
  bases: patternsSchema,
  /** Build steps have a network, and missing base images are pulled. */
  network: onOff(false),
  timeMs: z.coerce
    .number()
    .int()
    .positive()
    .default(20 * 60_000),
  memoryBytes: bytes(2048),
  cpus: z.coerce.number().positive().default(1),
  /** The limit for one step. */
  pids: z.coerce.number().int().positive().default(1024),
  /** How much the steps may write on top of the base image. */
  diskBytes: bytes(4096),
  /** How much a build may print. */
  outputBytes: bytes(32),
  /** The limit for the files that a Dockerfile copies from. */
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
