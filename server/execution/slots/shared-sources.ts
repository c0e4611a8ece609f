/** What many containers of one course read: the grading API, our commands, and the course's shared folder. */
import { join } from 'node:path';
import type { Mount, Source } from '../../ports/engine/container-policy.ts';
import type { Volumes } from '../../ports/engine/volumes.ts';
import { openFolder } from '../../rules/files/open-folder.ts';
import { COMMAND, commandMounts } from './policy/command-mounts.ts';

export type SharedSources = {
  api: Source;
  /** Our commands where graders name them by path. */
  commands: readonly Mount[];
  /** The course's shared folder, and the part of it that students may read; null: there is none. */
  common: Source | null;
  commonForStudents: Source | null;
};

/** @param volumes where containers get folders from; null: they see those of this machine */
export async function sharedSources(
  volumes: Volumes | null,
  apiFolder: string,
  common: string | null,
): Promise<SharedSources> {
  const forStudents = commonForStudents(common);
  if (volumes === null) {
    const commands = commandMounts(apiFolder, join(apiFolder, COMMAND));
    return { api: apiFolder, commands, common, commonForStudents: forStudents };
  }
  const holding = async (folder: string | null): Promise<Source | null> =>
    folder === null ? null : { volume: await volumes.holding('common', { folder }) };
  const api = await volumes.holding('api', { folder: apiFolder });
  const command = await volumes.fileIn(api, COMMAND);
  return {
    api: { volume: api },
    commands: command === null ? [] : commandMounts(apiFolder, { volume: api, file: command }),
    common: await holding(common),
    commonForStudents: await holding(forStudents),
  };
}

function commonForStudents(common: string | null): string | null {
  if (common === null) return null;
  // A link could lead anywhere on this machine: only a folder is shown to students.
  using folder = openFolder(join(common, 'student'));
  return folder && join(common, 'student');
}
