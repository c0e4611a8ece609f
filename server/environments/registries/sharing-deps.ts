/** What the verbs on images need; all-in-one.ts and the commands assemble it. */

import type { Containers } from '../../ports/engine/containers.ts';
import type { Images } from '../../ports/engine/images.ts';
import type { RegistryLogin, Transfers } from '../../ports/engine/transfers.ts';
import type { Environment } from '../discovery/environment.ts';
import type { RuntimeTable } from '../discovery/runtimes.ts';
import type { Revisions } from '../revisions/port.ts';
import type { RegistryClient } from './client/client.ts';
import type { Credentials } from './credentials.ts';
import type { ImagePolicy } from './policy.ts';

export type SharingDeps = {
  containers: Containers;
  images: Images;
  transfers: Transfers;
  registry: RegistryClient;
  credentials: Pick<Credentials, 'login'>;
  policy: ImagePolicy;
  table: RuntimeTable;
  /** Finds an environment by grading name or alias. */
  find: (name: string) => Promise<Environment | null>;
  /** A server's: waits until its pages show an environment with this grading name, because a link to it comes next. */
  untilListed?: (name: string) => Promise<unknown>;
  announce: Revisions['announce'];
};

export async function loginFor(
  { credentials }: Pick<SharingDeps, 'credentials'>,
  host: string,
): Promise<RegistryLogin | null> {
  const login = await credentials.login(host);
  return login && { host, ...login };
}
