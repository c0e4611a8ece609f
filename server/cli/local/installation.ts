/** Reads from the data folder which images grade, for commands that only read. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openStoreBesideServer } from '../../adapters/open-store.ts';
import type { Config } from '../../config/config.ts';
import { installationId } from '../../config/installation-id.ts';
import { readHistory } from '../../environments/revisions/history.ts';
import { ownImages } from '../../environments/revisions/images/image-changes.ts';
import { engineKey, onEngine } from '../../environments/revisions/images/on-engine.ts';
import type { Reconcile } from '../../environments/revisions/images/reconcile-images.ts';
import { decide } from '../../environments/revisions/which-revision-grades.ts';
import { GradeportError } from '../../rules/errors.ts';

type Installed = Pick<Config, 'data' | 'store'>;

export const isInstalled = ({ data, store }: Installed): boolean =>
  store !== null || existsSync(join(data, 'gradeport.db'));

/** undefined: there is no data folder, or we may not read it; then the newest image of a name grades. */
export async function historyOf(config: Installed): Promise<Reconcile | undefined> {
  if (!isInstalled(config)) return undefined;
  try {
    const store = await openStoreBesideServer(config);
    const stored = await readHistory(store).finally(() => store.close());
    const installation = await installationId(config.data);
    return async ({ engine, images }) => {
      const own = ownImages(installation, images);
      const history = onEngine(engineKey(engine), stored);
      return { images: own, decisions: decide(history, own), broughtBack: false };
    };
  } catch (error) {
    if (error instanceof GradeportError && error.code === 'denied') return undefined;
    throw error;
  }
}
