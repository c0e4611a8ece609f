/** Removes images of revisions that are not needed: removes their kept names, never names that people gave them. */

import type { Images } from '../../ports/engine/images.ts';
import type { Store } from '../../ports/store.ts';
import type { History } from './history.ts';
import type { ImageKeeper } from './images/image-keeper.ts';
import type { ImagesHere } from './images/images-here.ts';
import type { KnownRevision } from './images/on-engine.ts';
import { sharedName } from './images/revision-tags.ts';
import type { PrunePlan, Revisions } from './port.ts';
import { stateOf } from './which-revision-grades.ts';

type PruneDeps = {
  store: Pick<Store, 'runs'>;
  images: Images;
  keeper: Pick<ImageKeeper, 'letGo'>;
  history: History;
  environments: Pick<ImagesHere, 'revision'>;
  currentOf(name: string): string | undefined;
  changed(name: string): Promise<void>;
};

type NeededBy = {
  runs: number;
  graded: boolean;
  /** All references in the engine. */
  names: ReadonlySet<string>;
};

export function createPrune(deps: PruneDeps): Pick<Revisions, 'prune' | 'prunePlan'> {
  const { store, images, keeper, history, environments, currentOf } = deps;

  function whyKept(revision: KnownRevision, { runs, graded, names }: NeededBy): string | null {
    const { name, digest } = revision;
    const state = stateOf(revision, currentOf(name));
    if (state === 'current') return 'It grades.';
    const pin = [...history.state().pins.values()].find((one) => one.name === name && one.digest === digest);
    if (pin) return `Task ${pin.id} is pinned to it.`;
    if (state === 'staged') return 'It waits for its samples, or for somebody to promote it.';
    if (runs > 0 && !graded)
      return `It graded ${runs} stored ${runs === 1 ? 'run' : 'runs'}; --graded throws it away anyway.`;
    if (revision.presence === 'named')
      return `It is called ${revision.image}: "docker rmi ${revision.image}" removes it.`;
    const shared = sharedName(name, digest);
    if (names.has(shared))
      return `An older Gradeport called it ${shared}, by which another installation here may keep it: "docker rmi ${shared}" where none does.`;
    return null;
  }

  async function prunePlan(graded: boolean): Promise<PrunePlan[]> {
    const { revisions } = await history.reload();
    const here = revisions.filter(({ digest }) => environments.revision(digest) !== null);
    const digests = here.map(({ digest }) => digest);
    const runs = await store.runs.group('environment.digest', { 'environment.digest': { $in: digests } });
    const names = new Set((await images.list()).flatMap(({ tags }) => tags));
    return here.map((one) => {
      const why = whyKept(one, { runs: runs.get(one.digest) ?? 0, graded, names });
      const { name, digest, image } = one;
      return { name, digest, image, remove: why === null, reason: why ?? 'Nothing needs it.' };
    });
  }

  return {
    prunePlan,
    async prune(graded) {
      // Checked again: a revision promoted or pinned since the plan was shown stays.
      const unneeded = (await prunePlan(graded)).filter(({ remove }) => remove);
      for (const { name, digest, image } of unneeded) {
        // Recorded before it is done: discovery would give the name again in between.
        await history.noteOnEngine({ name, digest }, { presence: 'gone', image });
        await keeper.letGo({ name, digest });
      }
      for (const name of new Set(unneeded.map((one) => one.name))) await deps.changed(name);
      return unneeded;
    },
  };
}
