/** Assembles the verbs on images from the configuration, for the server and for the commands. */

import type { RuntimeTable } from './discovery/runtimes.ts';
import { createRegistryClient } from './registries/client/client.ts';
import { type Credentials, createCredentials } from './registries/credentials.ts';
import type { ImagePolicy } from './registries/policy.ts';
import type { SharingDeps } from './registries/sharing-deps.ts';

/** The parts of the configuration that the verbs need. */
export type SharingSettings = {
  data: string;
  registryKey: string | null;
  images: ImagePolicy;
  runtimes: RuntimeTable;
};

type Parts = Pick<SharingDeps, 'containers' | 'images' | 'transfers' | 'find' | 'untilListed' | 'announce'>;

export function openSharing<P extends Parts>(
  { data, registryKey, images: policy, runtimes: table }: SharingSettings,
  parts: P,
): { sharing: SharingDeps & P; credentials: Credentials } {
  const credentials = createCredentials(data, registryKey, Date.now);
  const registry = createRegistryClient({ login: credentials.login, policy });
  return { sharing: { ...parts, credentials, registry, policy, table }, credentials };
}
