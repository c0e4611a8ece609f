/** What the last start could not build, until it is built. */
import type { UnbuiltEnvironment } from '../../../model/unbuilt.ts';
import type { Images } from '../../../ports/engine/images.ts';
import { planShipped } from './shipped-environments.ts';

/** @returns those that are still not built; while the engine does not answer, all */
export async function stillUnbuilt(
  images: Images,
  folder: string,
  unbuilt: readonly UnbuiltEnvironment[],
): Promise<readonly UnbuiltEnvironment[]> {
  if (unbuilt.length === 0) return [];
  const plan = await planShipped(images, folder, null).catch(() => null);
  const isDone = (name: string) =>
    plan?.some(({ recipe, state }) => recipe.name === name && state === 'current') ?? false;
  return unbuilt.filter(({ name }) => !isDone(name));
}
