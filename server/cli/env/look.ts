/** One look at the environments of this machine, for the verbs of commands that only read. */
import { openEngine } from '../../adapters/open-engine.ts';
import { ENVIRONMENTS_FOLDER, loadConfig } from '../../config/config.ts';
import { readEnvironments } from '../../environments/catalogue.ts';
import type { EnvironmentCatalogue } from '../../environments/discovery/environment.ts';
import { readShipped } from '../../environments/discovery/shipped.ts';
import { suggestEnvironment } from '../../environments/discovery/suggest.ts';
import { historyOf } from '../local/installation.ts';

type Looked = { environments: Pick<EnvironmentCatalogue, 'list' | 'find' | 'suggest' | 'engine'> };

/** @param folder the data folder whose history counts */
export async function lookHere(folder: string | undefined): Promise<Looked> {
  const engine = openEngine();
  try {
    const config = loadConfig({ data: folder });
    const history = await historyOf(config);
    const { list, find, engineName } = await readEnvironments(
      engine,
      config.runtimes,
      config.aliases,
      history,
    );
    const shipped = await readShipped(ENVIRONMENTS_FOLDER);
    return {
      environments: {
        list: () => list,
        find,
        suggest: (name) => suggestEnvironment(name, list, shipped)?.sentence ?? null,
        engine: () => ({ ok: true, sentence: `${engineName} answers.` }),
      },
    };
  } finally {
    await engine.close();
  }
}
