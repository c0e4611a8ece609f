/** Checks the clock: deadlines, sessions and logs depend on it. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../config/config.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** The question takes time, and the engine's answer is made before it arrives. */
const MOST_APART_MS = 5000;
const ADVICE = 'Set it, and keep it right: apt-get install chrony';

export type ClockSigns = {
  nowMs: number;
  /** null: the engine was not asked. */
  engineMs: number | null;
  /** Times that the clock has already passed: our own files, the newest verdict. */
  pastMs: number[];
};

export function clockCheck({ nowMs, engineMs, pastMs }: ClockSigns): Check {
  const check = 'clock';
  const latest = Math.max(...pastMs);
  const now = new Date(nowMs).toISOString();
  if (nowMs < latest) {
    return fail(
      check,
      `It says ${now}, which is before ${new Date(latest).toISOString()}, when Gradeport was used or installed here.`,
      ADVICE,
    );
  }
  if (engineMs !== null && Math.abs(engineMs - nowMs) > MOST_APART_MS) {
    const apart = Math.round(Math.abs(engineMs - nowMs) / 1000);
    return warn(check, `The engine's clock is ${apart} s off this one.`, ADVICE);
  }
  return ok(
    check,
    `It says ${now}, and so does the engine.`.replace(
      engineMs === null ? ', and so does the engine' : '',
      '',
    ),
  );
}

/** When this Gradeport was installed. */
export const installedMs = (): number => statSync(join(PROJECT_FOLDER, 'package.json')).mtimeMs;
