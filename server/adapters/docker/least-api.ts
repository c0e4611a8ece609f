/** The engine's API that these adapters speak. */
import type { EngineInfo } from '../../ports/engine/containers.ts';
import { GradeportError } from '../../rules/errors.ts';

export const LEAST_API = '1.41';

/** Its runs wait, as if it were away, until it is upgraded. */
export function refuseOldEngine({ name, apiVersion }: Pick<EngineInfo, 'name' | 'apiVersion'>): void {
  if (!isOlder(apiVersion, LEAST_API)) return;
  throw new GradeportError(
    'unreachable',
    `The container engine is too old: ${name} speaks API ${apiVersion}; ${LEAST_API} is needed. Upgrade it: Docker 20.10 or later.`,
  );
}

/** Versions compare by number: "1.9" is older than "1.41". */
function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = than.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
