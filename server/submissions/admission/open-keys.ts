/** Corrects the keys of open runs when a server starts, whichever Gradeport wrote the runs. */
import type { Run } from '../../model/collections.ts';
import type { Store } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';
import { openKeyOf } from '../new-run.ts';

/** Open runs of 0.2 have no key; and where 0.2 ran on newer documents, it may have left a key in a finished run. */
export async function settleOpenKeys({ runs }: Pick<Store, 'runs'>): Promise<void> {
  const withKey = await runs.find({ openKey: { $gt: '' } });
  for (const { id, state } of withKey)
    if (state === 'done') await runs.update({ id, state }, { $unset: { openKey: true } });
  const open = await runs.find({ state: { $in: ['queued', 'running'] } });
  for (const run of open) if (run.openKey === undefined) await giveKey(runs, run);
}

async function giveKey(runs: Store['runs'], run: Run): Promise<void> {
  const free = { id: run.id, state: run.state };
  const change = { $set: { openKey: openKeyOf(run) } };
  await runs.update(free, change, { mayBeLost: true }).catch((error: unknown) => {
    // Older versions allowed several open runs of one owner. If another run has the key, this one goes without.
    if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
  });
}
