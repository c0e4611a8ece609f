/** Whether a new image may take a name that an image here has already. Pure. */

import type { ImageDetails } from '../../ports/engine/images.ts';
import { GradeportError } from '../../rules/errors.ts';
import { type Announcement, readLabels } from '../discovery/labels.ts';

/**
 * A new image of the same environment may take the name: it is a new revision. Another environment or a base may not:
 * everything built on that name or graded under it would change.
 * @param next how to import the image anyway
 */
export function refuseTakenName(
  name: string,
  held: Pick<ImageDetails, 'labels'> | null,
  newcomer: Announcement | null,
  next: string,
): void {
  if (held === null) return;
  const holder = readLabels(held.labels)?.name ?? null;
  if (newcomer !== null && holder === newcomer.name) return;
  const what = holder === null ? 'not an environment' : `the environment "${holder}"`;
  throw new GradeportError('conflict', `${name} is another image here already: ${what}. ${next}`);
}
