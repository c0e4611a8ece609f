/** Mounts our commands at the paths that graders use, such as /bin/feedback-result. See grading-api/shim/command. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mount } from '../../ports/container-policy.ts';

/** INGInious' images have its own commands in these: up to 0.9 in the first, since then in the second. */
const FOLDERS = ['/bin', '/usr/local/bin'];

const known = new Map<string, Mount[]>();

/** @param apiFolder grading-api/ of this version, whose list of commands does not change while we run */
export function commandMounts(apiFolder: string): Mount[] {
  const found = known.get(apiFolder) ?? makeMounts(apiFolder);
  known.set(apiFolder, found);
  return found;
}

function makeMounts(apiFolder: string): Mount[] {
  const source = join(apiFolder, 'shim/command');
  return readdirSync(join(apiFolder, 'commands')).flatMap((command) =>
    FOLDERS.map((folder) => ({ source, target: `${folder}/${command}`, readOnly: true })),
  );
}
