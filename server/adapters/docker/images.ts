/** The engine's images, over Docker's API. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { FILES_LABEL } from '../../ports/engine/container-labels.ts';
import type { HistoryStep, ImageDetails, Images, ListedImage } from '../../ports/engine/images.ts';
import { asking, notFound, statusOf, unlessGone } from './errors.ts';
import type { DockerEvents } from './events.ts';
import { copyOutOfImage } from './files/copy-out.ts';
import { inPath } from './files/image-path.ts';
import { createImageLabels, type ImageLabels } from './images/image-labels.ts';
import { createProcessors, type Processors } from './images/processors.ts';

const NO_TAG = '<none>:<none>';
const NO_DIGEST = '<none>@<none>';

const historySchema = z.array(
  z.object({ CreatedBy: z.string(), Size: z.number(), Created: z.number() }).loose(),
);

export const dockerImageLabels = (docker: Docker): ImageLabels =>
  createImageLabels((image) => history(docker, image));

export function dockerImages(docker: Docker, events: () => DockerEvents, labels: ImageLabels): Images {
  const processors = createProcessors(docker);
  return {
    list: () => list(docker, processors, labels),
    inspect: (reference) => inspect(docker, reference, labels),
    history: (reference) => history(docker, reference),
    tag: (image, name) => tag(docker, image, name),
    untag: (name) => untag(docker, name),
    watch: (watcher) => events().watchImages(watcher),
    copyOut: (...what) => copyOutOfImage(docker, ...what),
  };
}

/** Labels by which an image announces itself. */
const ANNOUNCES = /^org\.(gradeport|inginious)\.grading\./;

const known = (names: readonly string[] | null | undefined, none: string): string[] =>
  (names ?? []).filter((name) => name !== none);

async function list(docker: Docker, processors: Processors, counting: ImageLabels): Promise<ListedImage[]> {
  // Images without a name can't be asked for by people; Docker's label filter would include them.
  const images = await asking(() => docker.listImages({ digests: true, filters: { dangling: ['false'] } }));
  const foreign = (image: { Id: string; Labels: Record<string, string> | null }) =>
    Object.keys(image.Labels ?? {}).some((label) => ANNOUNCES.test(label))
      ? processors.foreign(image.Id)
      : undefined;
  const found = await Promise.all(images.map(foreign));
  const labels = await Promise.all(images.map(({ Id, Labels }) => counting.of(Id, Labels)));
  return images.map((image, at) => ({
    id: image.Id,
    tags: known(image.RepoTags, NO_TAG),
    repoDigests: known(image.RepoDigests, NO_DIGEST),
    ...(labels[at] ?? { labels: {} }),
    size: image.Size,
    created: image.Created * 1000,
    ...(found[at] && { processor: found[at] }),
  }));
}

async function inspect(
  docker: Docker,
  reference: string,
  counting: ImageLabels,
): Promise<ImageDetails | null> {
  try {
    const found = await asking(() => docker.getImage(inPath(reference)).inspect());
    return {
      id: found.Id,
      tags: known(found.RepoTags, NO_TAG),
      repoDigests: known(found.RepoDigests, NO_DIGEST),
      ...(await counting.of(found.Id, found.Config?.Labels)),
      size: found.Size,
      layers: found.RootFS?.Layers ?? [],
    };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

async function history(docker: Docker, reference: string): Promise<HistoryStep[]> {
  const steps = historySchema.parse(await asking(() => docker.getImage(inPath(reference)).history()));
  return steps.map(({ CreatedBy, Size, Created }) => ({
    command: CreatedBy,
    size: Size,
    createdMs: Created * 1000,
  }));
}

async function tag(docker: Docker, image: string, name: string): Promise<void> {
  const colon = name.lastIndexOf(':');
  const target = { repo: name.slice(0, colon), tag: name.slice(colon + 1) };
  await asking(() => docker.getImage(image).tag(target)).catch(notFound(`There is no image ${image}.`));
}

/**
 * Takes a name away. A container that only keeps an image's files for the containers that we start ourselves does not
 * prevent it: it keeps the files without the name. For any other container the engine's refusal stands.
 */
async function untag(docker: Docker, name: string): Promise<void> {
  const remove = (force: boolean) => asking(() => docker.getImage(name).remove({ noprune: true, force }));
  await unlessGone(() =>
    remove(false).catch(async (error: unknown) => {
      if (statusOf(error) !== CONFLICT || !(await isKeptByUsOnly(docker, name))) throw error;
      await remove(true);
    }),
  );
}
const CONFLICT = 409;

async function isKeptByUsOnly(docker: Docker, name: string): Promise<boolean> {
  const users = await docker.listContainers({ all: true, filters: { ancestor: [name] } });
  return users.length > 0 && users.every(({ Labels }) => FILES_LABEL in Labels);
}
