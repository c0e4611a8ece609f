/** Asks a registry what an image is, without pulling it (Docker Registry HTTP API v2, OCI distribution). */
import { GradeportError } from '../../../rules/errors.ts';
import type { ImagePolicy } from '../policy.ts';
import { isDigest, type Reference, written } from '../reference.ts';
import {
  digestOf,
  type ImageConfig,
  MANIFEST_TYPES,
  MAX_CONFIG_BYTES,
  MAX_MANIFEST_BYTES,
  type Manifest,
  ownArchitecture,
  pickManifest,
  readConfig,
  readManifest,
} from './documents.ts';
import { type Login, openSession } from './session.ts';

export type RemoteImage = ImageConfig & {
  /** The digest of a list of manifests or of one manifest, as the reference leads to it; an engine keeps it, too. */
  digest: string;
  /** The image's id in an engine: the digest of its configuration. */
  id: string;
  /** Bytes of all layers, including those that are here already. */
  downloadBytes: number;
  layers: { digest: string; size: number }[];
};

export type RegistryClient = {
  /** Everything about an image. Fails with "not-found", "denied", "unreachable", or "conflict" if it is malformed. */
  read(reference: Reference, stopped?: AbortSignal): Promise<RemoteImage>;
  /** Only the digest that the tag leads to now: one request. */
  digest(reference: Reference, stopped?: AbortSignal): Promise<string>;
};

export type ClientOptions = {
  /** The stored login for a registry; null: none. */
  login: (host: string) => Promise<Login | null>;
  policy: Pick<ImagePolicy, 'insecureRegistries'>;
  /** The limit for one request. */
  timeoutMs?: number;
};
type Session = ReturnType<typeof openSession>;

const TIMEOUT_MS = 20_000;
const ACCEPT = MANIFEST_TYPES.join(', ');

export function createRegistryClient({
  login,
  policy,
  timeoutMs = TIMEOUT_MS,
}: ClientOptions): RegistryClient {
  const open = async (reference: Reference, stopped: AbortSignal | undefined): Promise<Session> =>
    openSession(reference, {
      login: await login(reference.host),
      policy,
      timeoutMs,
      stopped: stopped ?? null,
    });
  return {
    async read(reference, stopped) {
      const session = await open(reference, stopped);
      const { digest, bytes } = await fetchManifest(session, reference, reference.digest);
      const manifest = await narrow(session, reference, bytes);
      const config = await fetchConfig(session, reference, manifest);
      return {
        ...config,
        digest,
        id: manifest.config.digest,
        downloadBytes: manifest.layers.reduce((sum, { size }) => sum + size, 0),
        layers: manifest.layers,
      };
    },
    async digest(reference, stopped) {
      const session = await open(reference, stopped);
      const path = manifestPath(reference, null);
      const answer = await session.get({
        path,
        method: 'HEAD',
        accept: ACCEPT,
        maxBytes: MAX_MANIFEST_BYTES,
      });
      requireFound(answer.status, reference);
      const said = answer.headers.get('docker-content-digest') ?? '';
      // Registries need not send this header: it is only recommended.
      return isDigest(said) ? said : (await fetchManifest(session, reference, null)).digest;
    },
  };
}

const manifestPath = ({ repository, tag }: Reference, digest: string | null): string =>
  `/v2/${repository}/manifests/${digest ?? tag ?? 'latest'}`;

function requireFound(status: number, reference: Reference): void {
  if (status === 200) return;
  if (status === 404) {
    throw new GradeportError(
      'not-found',
      `The registry ${reference.host} has no image ${written(reference)}. Is its name right, and its tag?`,
    );
  }
  throw new GradeportError(
    'conflict',
    `${reference.host} does not answer as a registry does (status ${status}). Is it one?`,
  );
}

async function fetchManifest(session: Session, reference: Reference, wanted: string | null) {
  const path = manifestPath(reference, wanted);
  const { status, body } = await session.get({ path, accept: ACCEPT, maxBytes: MAX_MANIFEST_BYTES });
  requireFound(status, reference);
  // The digest is computed from the bytes; the header is not trusted.
  const digest = digestOf(body);
  if (wanted !== null && wanted !== digest) throw forged(reference, wanted);
  return { digest, bytes: body };
}

/** Picks the manifest for this machine from a list. */
async function narrow(session: Session, reference: Reference, bytes: Buffer): Promise<Manifest> {
  const first = readManifest(bytes);
  if ('manifest' in first) return first.manifest;
  const digest = pickManifest(first.index, ownArchitecture());
  const second = readManifest((await fetchManifest(session, reference, digest)).bytes);
  if ('manifest' in second) return second.manifest;
  throw new GradeportError('conflict', `${written(reference)} is a list of lists: no image is in it.`);
}

async function fetchConfig(session: Session, reference: Reference, manifest: Manifest): Promise<ImageConfig> {
  const { digest, size } = manifest.config;
  const path = `/v2/${reference.repository}/blobs/${digest}`;
  const { status, body } = await session.get({ path, maxBytes: Math.min(size, MAX_CONFIG_BYTES) });
  requireFound(status, reference);
  if (digestOf(body) !== digest) throw forged(reference, digest);
  return readConfig(body);
}

const forged = (reference: Reference, digest: string): GradeportError =>
  new GradeportError(
    'conflict',
    `${reference.host} sends something else than what ${digest.slice(0, 19)}… names. It is not taken.`,
  );
