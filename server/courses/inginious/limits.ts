/** The limits of a task file: seconds and megabytes, as in INGInious, and Gradeport's own. */
import { z } from 'zod';
import type { Limits } from '../../rules/limits.ts';
import { countFromOne, notNegative, positive, wants } from '../yaml/values.ts';

const MIB = 2 ** 20;

const limits = {
  /** Processor seconds. */
  time: positive(null),
  /** Wall-clock seconds; '' in old files. */
  hard_time: positive(null),
  memory: positive(null),
  /** Both in MiB: INGInious reads them and never enforces them; old files have 0 for "none". */
  output: notNegative(null),
  disk: notNegative(null),
  /** Gradeport's own keys: processes and threads; MiB of /tmp. */
  pids: countFromOne(null),
  tmp: positive(null),
};
export const LIMIT_KEYS = Object.keys(limits);

/** Absent limits stay absent: the server has defaults. Unknown keys are tolerated (real files have some). */
export const limitsSchema = z
  .object(limits, wants('a map of limits'))
  .nullish()
  .transform((limits) => (limits ? toLimits(limits) : {}));

type Written = {
  time: number | null;
  hard_time: number | null;
  memory: number | null;
  output: number | null;
  disk: number | null;
  pids: number | null;
  tmp: number | null;
};

function toLimits(written: Written): Partial<Limits> {
  const wall = written.hard_time ?? (written.time === null ? null : 3 * written.time);
  return {
    ...(written.time !== null && { cpuMs: Math.ceil(written.time * 1000) }),
    ...(wall !== null && { wallMs: Math.ceil(wall * 1000) }),
    ...(written.memory !== null && { memoryBytes: Math.ceil(written.memory * MIB) }),
    ...(written.output && { outputBytes: Math.ceil(written.output * MIB) }),
    ...(written.disk && { diskBytes: Math.ceil(written.disk * MIB) }),
    ...(written.pids !== null && { pids: written.pids }),
    ...(written.tmp !== null && { tmpBytes: Math.ceil(written.tmp * MIB) }),
  };
}
