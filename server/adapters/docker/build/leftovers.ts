/** Finds and removes what a failed build leaves in the engine: the images between its steps. */
import type Docker from 'dockerode';
import { asking, unlessGone } from '../errors.ts';

export type BuildTraces = {
  /** All images that were there before the build began. */
  there: ReadonlySet<string>;
  /** Images that the builder named, in full or by the beginning of their id. */
  images: string[];
  /** Containers of the build's steps. */
  containers: Set<string>;
};
type Image = { id: string; parent: string };

/** The ids of all images, including those between the steps of a Dockerfile. */
export async function imageIds(docker: Docker): Promise<ReadonlySet<string>> {
  const list = await asking(() => docker.listImages({ all: true }));
  return new Set(list.map(({ Id }) => Id));
}

/** Runs once the build's containers are gone. What was there before, or has a name, stays. Never fails. */
export async function removeTraces(docker: Docker, traces: BuildTraces): Promise<void> {
  const fresh = await freshImages(docker, traces.there).catch(() => []);
  let left = await oursOf(docker, fresh, traces);
  // An image that another is built on cannot go before that one.
  while (left.length > 0) {
    const parents = new Set(left.map(({ parent }) => parent));
    const leaves = left.filter(({ id }) => !parents.has(id));
    for (const { id } of leaves) {
      await unlessGone(() => docker.getImage(id).remove({ noprune: true })).catch(() => {});
    }
    left = left.filter(({ id }) => parents.has(id));
  }
}

async function freshImages(docker: Docker, there: ReadonlySet<string>): Promise<Image[]> {
  const list = await docker.listImages({ all: true });
  return list
    .filter(({ Id, RepoTags }) => !there.has(Id) && (RepoTags ?? []).every((tag) => tag === '<none>:<none>'))
    .map(({ Id, ParentId }) => ({ id: Id, parent: ParentId }));
}

/** The builder was cut off, so its images are those it named, those of its containers, and those built on them. */
async function oursOf(docker: Docker, fresh: readonly Image[], traces: BuildTraces): Promise<Image[]> {
  const ours = new Set<string>();
  for (const { id } of fresh) {
    const isNamed = traces.images.some((named) => id === named || id.startsWith(`sha256:${named}`));
    if (isNamed || traces.containers.has(await containerOf(docker, id))) ours.add(id);
  }
  for (let size = -1; size !== ours.size; ) {
    size = ours.size;
    for (const { id, parent } of fresh) if (ours.has(parent)) ours.add(id);
  }
  return fresh.filter(({ id }) => ours.has(id));
}

const containerOf = (docker: Docker, id: string): Promise<string> =>
  docker
    .getImage(id)
    .inspect()
    .then(
      ({ Container }) => Container,
      () => '',
    );
