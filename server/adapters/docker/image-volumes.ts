/**
 * What an image declares with VOLUME. An engine would make a folder on its disk for each, which students could fill. Each
 * is an empty folder in memory instead, bounded, however its container is started.
 */
import { posix } from 'node:path';
import type Docker from 'dockerode';
import { z } from 'zod';
import type { FolderMount, MemoryFolder, Mount } from '../../ports/engine/container-policy.ts';
import type { ContainerSpec } from '../../ports/engine/containers.ts';
import { GradeportError } from '../../rules/errors.ts';
import { asking } from './errors.ts';

const MIB = 2 ** 20;
const VOLUME_BYTES = 32 * MIB;
const VOLUME_FILES = 4096;
const MOST = 16;
/** Linux' own: NAME_MAX, and PATH_MAX with room for the folder in which a runtime makes the container's root. */
const MOST_NAME = 255;
const MOST_PATH = 2048;
/** The kernel's own file systems are there. */
const OF_THE_KERNEL = ['/proc', '/sys', '/dev'];

const imageSchema = z.object({
  Config: z.object({ Volumes: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});

/** Looks once at each image; an id never means another one. */
export function volumesOfImages(docker: Docker): (image: string) => Promise<readonly string[]> {
  const known = new Map<string, Promise<readonly string[]>>();
  const look = async (image: string) => {
    const answer = await asking(() => docker.getImage(image).inspect());
    return Object.keys(imageSchema.parse(answer).Config?.Volumes ?? {});
  };
  return (image) => {
    const looking = known.get(image) ?? look(image);
    known.set(image, looking);
    looking.catch(() => known.delete(image));
    return looking;
  };
}

/** @param declared the paths, as the image spells them */
export function withVolumes(given: ContainerSpec, declared: readonly string[]): ContainerSpec {
  const spec = withNamedMounts(given, declared.map(cleaned));
  const { memoryFolders, mounts } = spec.policy;
  const targets = [...memoryFolders, ...mounts].map(({ target }) => target);
  const paths = [...new Set(declared.map(cleaned))].filter((path) => !targets.includes(path));
  if (paths.length === 0) return spec;
  if (paths.length > MOST)
    throw refused(`declares ${paths.length} volumes (VOLUME); at most ${MOST} are possible`);
  for (const path of paths) {
    const taken = [...targets, ...OF_THE_KERNEL].find((target) => isWithin(path, target));
    if (taken !== undefined) throw refused(`declares a volume (VOLUME) at ${path}; ${taken} is not its own`);
  }
  const inMemory = paths.map(
    (target): MemoryFolder => ({ target, bytes: VOLUME_BYTES, files: VOLUME_FILES }),
  );
  // What is further down is mounted later.
  const all = [...memoryFolders, ...inMemory].toSorted((a, b) => depth(a.target) - depth(b.target));
  return { ...spec, policy: { ...spec.policy, memoryFolders: all } };
}

/** An engine makes its own folder over a mount that comes along with another and is not named. Named, it loses its options. */
function withNamedMounts(spec: ContainerSpec, declared: readonly string[]): ContainerSpec {
  const named = ({ asItIs: _, ...mount }: FolderMount & Mount): Mount => mount;
  const isMeant = (mount: Mount): mount is FolderMount & Mount =>
    'asItIs' in mount && declared.includes(mount.target);
  if (!spec.policy.mounts.some(isMeant)) return spec;
  const mounts = spec.policy.mounts.map((mount) => (isMeant(mount) ? named(mount) : mount));
  return { ...spec, policy: { ...spec.policy, mounts } };
}

function cleaned(path: string): string {
  const clean = posix.normalize(path).replace(/(.)\/$/, '$1');
  // Such a path is no use to anybody, and a runtime may read it as something else, or refuse it at each start.
  const isStrange = !clean.startsWith('/') || clean === '/' || /[,:\\\p{Cc}]/u.test(clean);
  const isLong =
    clean.length > MOST_PATH || clean.split('/').some((name) => Buffer.byteLength(name) > MOST_NAME);
  if (isStrange || isLong)
    throw refused(
      `declares a volume (VOLUME) at ${JSON.stringify(path.slice(0, 200))}, which is no folder below /`,
    );
  return clean;
}

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
const depth = (path: string): number => path.split('/').length;

const refused = (why: string) =>
  new GradeportError('conflict', `The image of this environment ${why}. Take it out of its Dockerfile.`);
