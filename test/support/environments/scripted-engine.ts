/** Images that come and go as a test says: what discovery and revisions need of an engine. */

import type { ImageWatcher, ListedImage } from '../../../server/ports/engine/images.ts';
import { GradeportError } from '../../../server/rules/errors.ts';
import { SCRIPTED_INFO } from '../engine-info.ts';
import { fakeContainers, fakeImages } from '../engine-ports.ts';

/** "sha256:aaaa…" of a letter. */
export const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** @param id its own, where a test has two */
export function scriptedEngine(id = SCRIPTED_INFO.id) {
  const images = new Map<string, ListedImage>();
  const watchers = new Set<ImageWatcher>();
  const tell = () => watchers.forEach((watcher) => void watcher.changed());
  let listings = 0;
  let created = Date.parse('2026-11-20T09:00:00Z');

  /** A tag belongs to one image: the one before is left without it. */
  function give(id: string, tag: string): void {
    for (const image of images.values()) image.tags = image.tags.filter((one) => one !== tag);
    images.get(id)?.tags.push(tag);
    tell();
  }

  const verbs = {
    async list() {
      listings += 1;
      return [...images.values()]
        .filter(({ tags }) => tags.length > 0)
        .map((image) => ({ ...image, tags: [...image.tags] }));
    },
    watch(watcher: ImageWatcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    async tag(id: string, name: string) {
      if (!images.has(id)) throw new GradeportError('not-found', `There is no image ${id}.`);
      give(id, name);
    },
    async untag(name: string) {
      for (const image of images.values()) {
        image.tags = image.tags.filter((one) => one !== name);
        if (image.tags.length === 0) images.delete(image.id);
      }
      tell();
    },
  };
  return {
    images: fakeImages(verbs),
    containers: fakeContainers({ info: async () => ({ ...SCRIPTED_INFO, id }) }),
    tag: verbs.tag,
    untag: verbs.untag,
    /** How often somebody asked for all images. */
    listings: () => listings,
    /** As `docker build -t tag`; the image that had the tag stays without a name. */
    build(letter: string, tag: string, labels: Record<string, string>) {
      created += 1000;
      const id = digestOf(letter);
      images.set(id, { id, tags: [], repoDigests: [], labels, size: 1, created });
      give(id, tag);
    },
    /** As `docker image prune`: what has no name goes. */
    forget() {
      for (const { id, tags } of images.values()) if (tags.length === 0) images.delete(id);
    },
    /** As `docker system prune --all`. */
    forgetAll: () => {
      images.clear();
      tell();
    },
    tagsOf: (letter: string): string[] => images.get(digestOf(letter))?.tags ?? [],
    has: (letter: string): boolean => images.has(digestOf(letter)),
  };
}
