/** What a build came to, for people: what the image is, and what discovery makes of it. */
import type { BuiltImage } from '../engine/port.ts';
import type { BuildRecord } from './build-sources.ts';
import type { Environment, EnvironmentCatalogue } from './environment.ts';
import type { JobResult } from './jobs-port.ts';

export function resultOf(
  image: BuiltImage,
  { name, image: tag }: BuildRecord,
  found: Environment | null,
): JobResult {
  const what = `Built ${tag}: ${Math.max(1, Math.round(image.size / 2 ** 20))} MiB in ${image.layers} layers.`;
  if (!found)
    return { sentence: `${what} It is not in the list yet; look again in a moment.`, environment: name };
  const use = found.available ? `It can grade as "${name}" on ${found.reason}.` : found.reason;
  return { sentence: `${what} ${use}`, environment: name };
}

export const find = (environments: Pick<EnvironmentCatalogue, 'list'>, digest: string): Environment | null =>
  environments.list().find((one) => one.digest === digest) ?? null;

/** Waits until discovery has it; null: it took too long. */
export function seen(
  environments: Pick<EnvironmentCatalogue, 'list' | 'onChange'>,
  digest: string,
  mostMs: number,
): Promise<Environment | null> {
  return new Promise((resolve) => {
    const look = (isLate: boolean): void => {
      const found = find(environments, digest);
      if (!found && !isLate) return;
      stop();
      clearTimeout(timer);
      resolve(found);
    };
    const timer = setTimeout(() => look(true), mostMs);
    const stop = environments.onChange(() => look(false));
    look(false);
  });
}
