/** Says in the log what is odd about the engine: another one than before, or a clock that differs. */
import type { Logger } from 'pino';
import type { Containers } from '../ports/engine/containers.ts';

/** More, and results seem to come from the future or the past. */
const MOST_APART_MS = 60_000;

/** Looks at the engine's answers to others; it asks nothing. */
export function noticing(containers: Containers, log: Pick<Logger, 'warn'>, clock: () => number): Containers {
  let known: string | null = null;
  let wasApart = false;
  return {
    ...containers,
    async info() {
      const info = await containers.info();
      if (known !== null && known !== info.id) log.warn({ before: known, now: info.id }, OTHER);
      known = info.id;
      const apartMs = info.clockMs - clock();
      // A clock that cannot be read is NaN, and not apart.
      const isApart = Math.abs(apartMs) > MOST_APART_MS;
      if (isApart && !wasApart) log.warn({ apartSeconds: Math.round(apartMs / 1000) }, CLOCK);
      wasApart = isApart;
      return info;
    },
  };
}

const OTHER =
  'another container engine than before answers at the same address: its images grade from now on; if that is wrong, "gradeport doctor" says which address is used and why';
const CLOCK =
  "the engine's clock is more than a minute off this machine's: set both, and keep them right (apt-get install chrony)";
