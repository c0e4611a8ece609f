/** What the verbs on images need; main.ts and the commands put it together. */
import type { EngineImages, RegistryLogin } from '../../engine/images-port.ts';
import type { Engine } from '../../engine/port.ts';
import type { Environment } from '../environment.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { Credentials } from '../registry/credentials.ts';
import type { ImagePolicy } from '../registry/policy.ts';
import type { Revisions } from '../revisions-port.ts';
import type { RuntimeTable } from '../runtimes.ts';

export type SharingDeps = {
  engine: Pick<Engine, 'info' | 'images' | 'tag' | 'untag'>;
  images: EngineImages;
  registry: RegistryClient;
  credentials: Pick<Credentials, 'login'>;
  policy: ImagePolicy;
  table: RuntimeTable;
  /** By grading name or alias. */
  find: (name: string) => Promise<Environment | null>;
  announce: Revisions['announce'];
};

export async function loginFor(
  { credentials }: Pick<SharingDeps, 'credentials'>,
  host: string,
): Promise<RegistryLogin | null> {
  const login = await credentials.login(host);
  return login && { host, ...login };
}
