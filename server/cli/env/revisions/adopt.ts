/** gradeport env adopt-base */
import { openEngine } from '../../../adapters/open-engine.ts';
import { adoptBase, OUR_BASE, undoAdoptBase } from '../../../environments/builds/bases/base-name-verbs.ts';
import { granted } from '../../../model/verb.ts';
import { whoRunsThis } from '../../local/who-runs-this.ts';
import { data, json, talk } from '../../ui/terminal.ts';

export type AdoptOptions = { undo?: boolean; json?: boolean };

export async function changeBaseNames(names: readonly string[], options: AdoptOptions): Promise<void> {
  const engine = openEngine();
  try {
    const change = options.undo ? undoAdoptBase : adoptBase;
    const changed = await granted(change({ images: engine.images }, whoRunsThis(), { names }));
    if (options.json) return json(changed);
    for (const name of changed) data(name);
    if (changed.length === 0) talk('Nothing to do.');
    else if (!options.undo) {
      talk(`${OUR_BASE} has these names now; "gradeport env adopt-base --undo" takes them away.`);
      talk('It is Debian: Dockerfiles that install with dnf or yum need apt-get instead.');
    }
  } finally {
    await engine.close();
  }
}
