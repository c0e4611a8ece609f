/** What the data folder of an installation says about who grades, for commands that only look. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openStoreBesideServer } from '../../adapters/open-store.ts';
import type { Config } from '../../config/config.ts';
import { installationId } from '../../config/installation-id.ts';
import { readHistory } from '../../environments/revisions/history.ts';
import { type Judge, seenBy } from '../../environments/revisions/reconcile-images.ts';
import { decisionsFrom } from '../../environments/revisions/which-revision-grades.ts';
import { GradeportError } from '../../rules/errors.ts';

type Installed = Pick<Config, 'data' | 'store'>;

export const isInstalled = ({ data, store }: Installed): boolean =>
  store !== null || existsSync(join(data, 'gradeport.db'));

/** undefined: there is no data folder, or it is not for us to read; then the newest image of a name grades. */
export async function historyOf(config: Installed): Promise<Judge | undefined> {
  if (!isInstalled(config)) return undefined;
  try {
    const store = await openStoreBesideServer(config);
    const history = await readHistory(store).finally(() => store.close());
    const installation = await installationId(config.data);
    return async (look) => {
      const announced = seenBy(installation, (await look()).announced);
      return { announced, decisions: decisionsFrom(history, announced) };
    };
  } catch (error) {
    if (error instanceof GradeportError && error.code === 'denied') return undefined;
    throw error;
  }
}
