/** Gives images a kept name in the engine, so that they stay, and removes it again. */
import type { StoredRevision } from '../../../model/revision.ts';
import type { Images } from '../../../ports/engine/images.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { keptName } from './revision-tags.ts';

type Named = Pick<StoredRevision, 'name' | 'digest'>;

export type ImageKeeper = {
  /** @returns false when the image no longer exists */
  keep(revision: Named): Promise<boolean>;
  /** Settles once the name is gone; the image stays while it has another name. */
  letGo(revision: Named): Promise<void>;
};

/** @param installation the installation whose kept names count */
export function createImageKeeper(images: Pick<Images, 'tag' | 'untag'>, installation: string): ImageKeeper {
  return {
    async keep({ name, digest }) {
      try {
        await images.tag(digest, keptName(name, digest, installation));
        return true;
      } catch (error) {
        if (error instanceof GradeportError && error.code === 'not-found') return false;
        throw error;
      }
    },
    letGo: ({ name, digest }) => images.untag(keptName(name, digest, installation)),
  };
}
