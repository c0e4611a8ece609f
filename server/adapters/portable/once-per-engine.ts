/** Chooses the way once, and again when the engine that answers is another one than before. */
import type { ContainersOfWay } from '../../ports/engine/containers.ts';
import type { Images } from '../../ports/engine/images.ts';
import type { Way } from '../../ports/engine/way.ts';

export function oncePerEngine(
  { containers, images }: { containers: Pick<ContainersOfWay, 'info'>; images: Pick<Images, 'watch'> },
  choose: () => Promise<Way>,
): () => Promise<Way> {
  let made: { way: Promise<Way>; engine: Promise<string> } | null = null;
  let mayBeAnother = false;
  let isWatched = false;
  const idNow = async () => (await containers.info()).id;

  return async () => {
    if (!isWatched) {
      isWatched = true;
      const lost = () => {
        mayBeAnother = true;
      };
      images.watch({ changed: () => {}, lost });
    }
    if (mayBeAnother && made) {
      // While it is away the way stays: containers that the runtime starts need no engine.
      const id = await idNow().catch(() => null);
      mayBeAnother = id === null;
      if (id !== null && id !== (await made.engine.catch(() => null))) made = null;
    }
    if (!made) {
      const attempt = { way: choose(), engine: idNow() };
      attempt.engine.catch(() => {});
      // The engine may be away: the next one who asks tries again.
      attempt.way.catch(() => {
        if (made === attempt) made = null;
      });
      made = attempt;
    }
    return made.way;
  };
}
