/** Pinned tasks: one fixed revision grades them, even when another becomes current. */

import type { Store } from '../../ports/store.ts';
import type { Environment } from '../discovery/environment.ts';
import { findRevision } from './find-revision.ts';
import type { History } from './history.ts';
import type { ImageKeeper } from './images/image-keeper.ts';
import type { KnownRevision } from './images/on-engine.ts';
import type { Revision, Revisions } from './port.ts';
import { taskKey } from './which-revision-grades.ts';

type PinDeps = {
  store: Pick<Store, 'pins'>;
  history: History;
  keeper: Pick<ImageKeeper, 'keep'>;
  of(name: string): Promise<{ name: string; own: KnownRevision[] }>;
  currentOf(name: string): string | undefined;
  /** Fails when the revision is not in the engine. */
  imageOf(revision: KnownRevision): Promise<Environment>;
  described(name: string, digest: string): Promise<Revision>;
  changed(name: string): Promise<void>;
};

export function createPins(deps: PinDeps): Pick<Revisions, 'pin' | 'unpin'> {
  const { store, history, keeper } = deps;
  return {
    async pin({ course, task, environment }, given, by) {
      const { name, own } = await deps.of(environment);
      const revision = findRevision(own, name, given ?? deps.currentOf(name) ?? '');
      await deps.imageOf(revision);
      await keeper.keep(revision);
      const { digest } = revision;
      const id = taskKey({ course, id: task });
      const about = { name, digest, by, at: history.now() };
      if (!(await store.pins.update({ id }, { $set: about }))) {
        await store.pins.insert({ id, course, task, ...about });
      }
      await deps.changed(name);
      return deps.described(name, digest);
    },
    async unpin({ course, task }) {
      const id = taskKey({ course, id: task });
      const pin = await store.pins.get(id);
      await store.pins.remove({ id });
      if (pin) await deps.changed(pin.name);
      return pin !== null;
    },
  };
}
