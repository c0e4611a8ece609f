/** Mounts our commands at the paths that graders use, such as /bin/feedback-result. See grading-api/shim/command. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mount, Source } from '../../../ports/engine/container-policy.ts';
import { readOnly } from './container-policy.ts';

/** INGInious' images have its own commands in these: up to 0.9 in the first, since then in the second. */
const FOLDERS = ['/bin', '/usr/local/bin'];

const known = new Map<string, string[]>();

/** What each of our commands is, below grading-api/. */
export const COMMAND = 'shim/command';

/**
 * @param apiFolder grading-api/ of this version, whose list of commands does not change while we run
 * @param command our command, as containers mount it
 */
export function commandMounts(apiFolder: string, command: Source): Mount[] {
  const targets = known.get(apiFolder) ?? targetsOf(apiFolder);
  known.set(apiFolder, targets);
  return targets.map((target) => readOnly(command, target));
}

const targetsOf = (apiFolder: string): string[] =>
  readdirSync(join(apiFolder, 'commands')).flatMap((command) =>
    FOLDERS.map((folder) => `${folder}/${command}`),
  );
