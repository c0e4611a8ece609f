/**
 * Whom containers on the engine's default network ask for names. Those with a kernel of their own need it on the network
 * of runs: there the engine answers at 127.0.0.11 by the packet filter of its machine, which such a kernel goes past.
 */
import { isIPv4 } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import tar from 'tar-stream';
import { ROLE_LABEL } from '../../ports/engine/container-labels.ts';
import type { ContainerSpec } from '../../ports/engine/containers.ts';
import { asking, unlessGone } from './errors.ts';
import { createOptions } from './host-config.ts';

export type NameServers = (spec: ContainerSpec) => Promise<readonly string[]>;

/** The machine may change to another network. */
const KEPT_MS = 10 * 60_000;
/** resolv.conf(5): MAXNS. */
const MOST = 3;
const MOST_BYTES = 64 * 1024;

/**
 * Asks once for each image: what a teacher's image might claim is believed for no other.
 * @param now ms of any clock
 */
export function nameServersOf(docker: Docker, now: () => number = () => performance.now()): NameServers {
  const known = new Map<string, { servers: Promise<readonly string[]>; until: number }>();
  return async (spec) => {
    if (!spec.policy.network || !spec.ownKernel) return [];
    for (const [image, { until }] of known) if (now() >= until) known.delete(image);
    const found = known.get(spec.image);
    if (found) return found.servers;
    const servers = readFile(docker, spec).then(serversIn);
    known.set(spec.image, { servers, until: now() + KEPT_MS });
    servers.catch(() => known.delete(spec.image));
    return servers;
  };
}

/** On the network of runs a container reaches no loopback but its own, and nothing by IPv6. */
export const serversIn = (file: string): readonly string[] =>
  file
    .split('\n')
    .flatMap((line) => /^nameserver[ \t]+(\S+)/.exec(line)?.[1] ?? [])
    .filter((address) => isIPv4(address) && !/^(0|127)\./.test(address))
    .slice(0, MOST);

/** The engine writes the file when it starts the container, and reads it without asking a program in there. */
async function readFile(docker: Docker, spec: ContainerSpec): Promise<string> {
  const container = await asking(() => docker.createContainer(waiting(spec)));
  try {
    await asking(() => container.start());
    const archive = await asking(() => container.getArchive({ path: '/etc/resolv.conf' }));
    return await firstFileOf(archive as unknown as Readable);
  } finally {
    await unlessGone(() => container.remove({ force: true, v: true }));
  }
}

function waiting(spec: ContainerSpec) {
  const bare = { ...spec, policy: { ...spec.policy, mounts: [], capabilities: [], readOnlyRoot: true } };
  const { HostConfig, ...options } = createOptions(bare);
  return {
    ...options,
    Entrypoint: ['/bin/sh', '-c', 'read wait'],
    // The file is the container's own, and what is in it must be the engine's word.
    User: '65534:65534',
    Labels: { ...spec.labels, [ROLE_LABEL]: 'names' },
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    StdinOnce: false,
    HostConfig: { ...HostConfig, NetworkMode: 'bridge' },
  };
}

async function firstFileOf(archive: Readable): Promise<string> {
  const extract = tar.extract();
  archive.on('error', (error) => extract.destroy(error));
  archive.pipe(extract);
  try {
    for await (const entry of extract) {
      if (entry.header.type !== 'file' || (entry.header.size ?? 0) > MOST_BYTES) return '';
      return await text(entry);
    }
    return '';
  } finally {
    archive.destroy();
    extract.destroy();
  }
}
