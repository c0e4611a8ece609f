import type { Environment, EnvironmentCatalogue } from './environment.ts';

/** Discovery needs 50 ms; an engine under load a little more. */
const SEEN_MS = 10_000;

/** Waits until discovery has such an environment; null: it took too long. */
export function untilListed(
  environments: Pick<EnvironmentCatalogue, 'list' | 'onChange'>,
  isIt: (environment: Environment) => boolean,
): Promise<Environment | null> {
  return new Promise((resolve) => {
    const look = (isLate: boolean): void => {
      const found = environments.list().find(isIt) ?? null;
      if (!found && !isLate) return;
      stop();
      clearTimeout(timer);
      resolve(found);
    };
    const timer = setTimeout(() => look(true), SEEN_MS);
    const stop = environments.onChange(() => look(false));
    look(false);
  });
}
