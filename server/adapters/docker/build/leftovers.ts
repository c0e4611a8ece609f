/** What a build that came to nothing leaves in the engine, and its removal: the images between its steps. */
import type Docker from 'dockerode';
import { asking, unlessGone } from '../errors.ts';

export type BuildTraces = {
  /** All images of before it began. */
  there: ReadonlySet<string>;
  /** Those that the builder named, whole or by their beginning. */
  images: string[];
  /** Containers of its steps. */
  containers: Set<string>;
};
type Image = { id: string; parent: string };

/** Of all images, those between the steps of a Dockerfile too. */
export async function imageIds(docker: Docker): Promise<ReadonlySet<string>> {
  const list = await asking(() => docker.listImages({ all: true }));
  return new Set(list.map(({ Id }) => Id));
}

/** Once its containers are gone. What was there before, or has a name, stays. Never fails: there was a reason already. */
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

/** Named by the builder, made from one of its containers, or built on such a one: it was cut off before it said so. */
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
