/** What can be done with the revisions of an environment: the same for pages, API and command line. */
import type { Images } from '../../ports/engine/images.ts';
import type { Store } from '../../ports/store.ts';
import type { History } from './history.ts';
import type { ImageKeeper } from './images/image-keeper.ts';
import type { ImagesHere } from './images/images-here.ts';
import type { Origin } from './images/reconcile-images.ts';
import { createPins } from './pins.ts';
import type { Revisions } from './port.ts';
import { createPromotions } from './promotions.ts';
import { createPrune } from './prune.ts';
import { createLookup } from './revision-lookup.ts';
import { createTests, type SampleRunner } from './tests/revision-tests.ts';

export type RevisionsDeps = {
  store: Pick<Store, 'revisions' | 'currents' | 'pins' | 'runs'>;
  images: Images;
  history: History;
  keeper: ImageKeeper;
  origins: Map<string, Origin>;
  environments: ImagesHere;
  run: SampleRunner;
  promote: 'when-tested' | 'by-hand';
  failed(error: unknown): void;
};

export type RevisionsService = Revisions & {
  /** Reads everything again: another process may have changed something. */
  reload(): Promise<void>;
  /** Settles once the announced imports are stored. */
  close(): Promise<void>;
};

export function createRevisions(deps: RevisionsDeps): RevisionsService {
  const { store, history, origins, environments, failed } = deps;
  const listeners = new Set<(name: string) => void>();
  const announcing = new Set<Promise<void>>();

  /** The change is visible to all before the verb returns. */
  async function changed(name: string): Promise<void> {
    await history.reload();
    await environments.refresh();
    for (const listener of listeners) listener(name);
  }

  async function reload(): Promise<void> {
    const before = JSON.stringify(history.state().revisions);
    const { revisions } = await history.reload();
    await environments.refresh();
    if (JSON.stringify(revisions) === before) return;
    for (const name of new Set(revisions.map((one) => one.name)))
      for (const listener of listeners) listener(name);
  }

  function announce(digest: string, about: Origin, sinceMs?: number): void {
    origins.set(digest, about);
    if (sinceMs === undefined) return;
    const since = new Date(sinceMs).toISOString();
    const stored = store.revisions
      .updateMany({ digest, at: { $gte: since } }, { $set: { by: about.by, from: about.from } })
      .then(() => {}, failed)
      .finally(() => announcing.delete(stored));
    announcing.add(stored);
  }

  const lookup = createLookup(deps);
  const parts = { ...deps, ...lookup, lookup, changed };
  const { promoteNext, ...promotions } = createPromotions(parts);
  return {
    list: async (given) => {
      const { own } = await lookup.of(given);
      return (await lookup.describe(own)).reverse();
    },
    runs: lookup.runs,
    reload,
    announce,
    ...createTests({ ...parts, promoteNext }),
    ...promotions,
    ...createPins(parts),
    ...createPrune(parts),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      await Promise.all(announcing);
    },
  };
}
