/** gradeport env lint: errors of a Dockerfile in compiler style; exit code 1 if it would not be built. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openEngine } from '../../adapters/open-engine.ts';
import { ENVIRONMENTS_FOLDER, loadConfig } from '../../config/config.ts';
import { hasErrors } from '../../environments/builds/dockerfile/lint.ts';
import { lintFolder } from '../../environments/builds/folder-verbs.ts';
import { lintLines } from '../../environments/builds/source/build-folder.ts';
import { granted } from '../../model/verb.ts';
import { GradeportError } from '../../rules/errors.ts';
import { whoRunsThis } from '../local/who-runs-this.ts';
import { data, harmless, json, talk } from '../ui/terminal.ts';

export async function printLint(
  given: string,
  options: { network?: boolean; json?: boolean },
): Promise<void> {
  const shipped = join(ENVIRONMENTS_FOLDER, given);
  const isShipped = /^[\w-]+$/.test(given) && !existsSync(given) && existsSync(join(shipped, 'Dockerfile'));
  const folder = isShipped ? shipped : resolve(given);
  // Gradeport's own Dockerfiles install Debian packages, so they are built with a network.
  const network = options.network || dirname(folder) === ENVIRONMENTS_FOLDER;
  const engine = openEngine();
  try {
    const deps = { images: engine.images, config: loadConfig({}) };
    const messages = await granted(lintFolder(deps, whoRunsThis(), { folder, network }));
    if (options.json) json(messages);
    else for (const line of lintLines(messages)) data(harmless(line));
    if (hasErrors({ messages })) throw new GradeportError('conflict', `${given} cannot be built like this.`);
    if (messages.length === 0) talk('Nothing to complain about.');
  } finally {
    await engine.close();
  }
}
