/**
 * The grading API, compiled by the Python of each image: without it every container's agent compiles it anew,
 * 8 ms of processor time each, and 300 where an image carries no compiled standard library. Only containers of
 * the same revision read it, because its Python could write anything into it.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Placement } from '../../environments/discovery/placement.ts';
import { INSTANCE_LABEL } from '../../ports/container-labels.ts';
import type { Source } from '../../ports/container-policy.ts';
import type { Containers } from '../../ports/containers.ts';
import type { Volumes } from '../../ports/volumes.ts';
import { compileSpec, type Installation } from './container-spec.ts';
import { sharedSources } from './shared-sources.ts';

export type CompiledApi = {
  /** The compiled API of a revision; null: it is not there (yet), and agents compile for themselves. */
  sourceOf(digest: string): Source | null;
  /** Compiles the API for a revision, once; never fails. */
  prepare(place: Placement): Promise<void>;
  /** Removes what it has on the engine; the containers that use it are gone. */
  close(): Promise<void>;
};

/** Only slots that are made ahead wait for the compilation. */
const TIMEOUT_MS = 20_000;

type Deps = { containers: Containers; installation: Installation; log: Logger };

/** @param folder only Gradeport uses it; made anew with every start, so nothing outlives its image for long */
export function createCompiledApi({ containers, installation, log }: Deps, folder: string): CompiledApi {
  const begun = new Map<string, Promise<void>>();
  const emptied = rm(folder, { recursive: true, force: true });
  const ready = new Map<string, Target>();

  async function compile(place: Placement): Promise<void> {
    const { digest } = place.environment;
    await emptied;
    const { volumes } = await containers.way();
    const { api } = await sharedSources(volumes, installation.apiFolder, null);
    const name = digest.replace(/[^0-9a-f]/gi, '-');
    const { instance } = installation;
    const target = await (volumes ? volumeFor(volumes, name, instance) : folderFor(join(folder, name)));
    const container = await containers.start(compileSpec(place, { api, target: target.source }, instance), {
      stdout: () => {},
      stderr: () => {},
    });
    const timer = setTimeout(() => void container.remove(), TIMEOUT_MS);
    const end = await container.ended;
    clearTimeout(timer);
    await container.remove();
    if (end.exitCode === 0) ready.set(digest, target);
    else await target.remove();
  }

  return {
    sourceOf: (digest) => ready.get(digest)?.source ?? null,
    prepare(place) {
      const { digest } = place.environment;
      const known = begun.get(digest);
      if (known) return known;
      const compiling = compile(place).catch((err: unknown) => {
        log.warn({ err }, 'the grading API could not be compiled for an image; its containers start slower');
      });
      begun.set(digest, compiling);
      return compiling;
    },
    async close() {
      await Promise.all(begun.values());
      // Folders of this machine are made anew with the next start.
      for (const { isOnEngine, remove } of ready.values()) if (isOnEngine) await remove().catch(() => {});
    },
  };
}

/** Where what was compiled for one revision is. */
type Target = { source: Source; isOnEngine: boolean; remove(): Promise<void> };

async function folderFor(path: string): Promise<Target> {
  // Readable for the grader's user, whose zygote imports from it.
  await mkdir(path, { recursive: true, mode: 0o755 });
  const remove = () => rm(path, { recursive: true, force: true });
  return { source: path, isOnEngine: false, remove };
}

async function volumeFor(volumes: Volumes, name: string, instance: string): Promise<Target> {
  const volume = `gradeport-compiled-${name.slice(0, 24)}-${randomUUID()}`;
  await volumes.make(volume, { [INSTANCE_LABEL]: instance });
  return { source: { volume }, isOnEngine: true, remove: () => volumes.remove(volume) };
}
