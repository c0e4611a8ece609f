/** Gives images that graded a run a kept name, so that their grades can be reproduced. Never delays a run. */
import type { GradedBy } from '../../../model/collections.ts';
import type { Store } from '../../../ports/store.ts';
import type { History } from '../history.ts';
import type { ImageKeeper } from './image-keeper.ts';

type GradedImagesDeps = {
  store: Pick<Store, 'runs'>;
  history: Pick<History, 'state'>;
  keeper: Pick<ImageKeeper, 'keep'>;
  failed(error: unknown): void;
};

export function createGradedImages({ store, history, keeper, failed }: GradedImagesDeps) {
  const kept = new Set<string>();
  const keeping = new Set<Promise<unknown>>();

  function keep({ name, digest }: Pick<GradedBy, 'name' | 'digest'>): void {
    if (digest === null || kept.has(digest)) return;
    kept.add(digest);
    const work = keeper
      .keep({ name, digest })
      .catch((error: unknown) => {
        // The next run that it grades tries again.
        kept.delete(digest);
        failed(error);
      })
      .finally(() => keeping.delete(work));
    keeping.add(work);
  }

  return {
    keep,
    /** Keeps images of earlier processes, which may have died before they could name them. */
    async begin(): Promise<void> {
      const here = history.state().revisions.filter(({ presence }) => presence === 'named');
      const digests = here.map(({ digest }) => digest);
      const runs = await store.runs.group('environment.digest', { 'environment.digest': { $in: digests } });
      for (const revision of here) if (runs.has(revision.digest)) keep(revision);
    },
    close: async (): Promise<void> => {
      await Promise.all(keeping);
    },
  };
}
