/** The bases that images are built on, for a file that another machine can build on, too. */
import type { ImageDetails, Images } from '../../ports/engine/images.ts';
import { isKeptName } from '../discovery/environments-of-images.ts';
import { readLabels } from '../discovery/labels.ts';

/**
 * An image is built on another if its layers begin with the other's.
 * @param chosen names or ids of images
 * @returns names of images that are no environments, the lowest first
 */
export async function basesOf(images: Images, chosen: readonly string[]): Promise<string[]> {
  const tops = await inspected(images, chosen);
  const tags = (await images.list())
    .filter(({ labels }) => readLabels(labels) === null)
    .flatMap(({ tags: [first] }) => (first !== undefined && !isKeptName(first) ? [first] : []));
  const candidates = await inspected(images, tags);
  return candidates
    .filter((base) => tops.some((top) => top.id !== base.id && isBelow(base, top)))
    .sort((one, other) => one.layers.length - other.layers.length)
    .flatMap(({ tags: [first] }) => first ?? []);
}

const isBelow = (base: ImageDetails, top: ImageDetails): boolean =>
  base.layers.length > 0 && base.layers.every((layer, at) => layer === top.layers[at]);

async function inspected(images: Images, names: readonly string[]): Promise<ImageDetails[]> {
  const found = await Promise.all(names.map((name) => images.inspect(name)));
  return found.filter((one) => one !== null);
}
