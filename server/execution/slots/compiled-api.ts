/**
 * The grading API, compiled by the Python of each image: without it every container's agent compiles it anew,
 * 8 ms of processor time each, and 300 where an image carries no compiled standard library. Only containers of
 * the same revision read it, because its Python could write anything into it.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Placement } from '../../environments/discovery/placement.ts';
import type { Containers } from '../../ports/containers.ts';
import { compileSpec, type Installation } from './container-spec.ts';

export type CompiledApi = {
  /** The compiled API of a revision; null: it is not there (yet), and agents compile for themselves. */
  folderOf(digest: string): string | null;
  /** Compiles the API for a revision, once; never fails. */
  prepare(place: Placement): Promise<void>;
};

/** Only slots that are made ahead wait for the compilation. */
const TIMEOUT_MS = 20_000;

type Deps = { containers: Containers; installation: Installation; log: Logger };

/** @param folder of ours; made anew with every start, so nothing outlives its image for long */
export function createCompiledApi({ containers, installation, log }: Deps, folder: string): CompiledApi {
  const begun = new Map<string, Promise<void>>();
  const emptied = rm(folder, { recursive: true, force: true });
  const ready = new Map<string, string>();

  async function compile(place: Placement): Promise<void> {
    const { digest } = place.environment;
    await emptied;
    const target = join(folder, digest.replace(/[^0-9a-f]/gi, '-'));
    // Readable for the grader's user, whose zygote imports from it.
    await mkdir(target, { recursive: true, mode: 0o755 });
    const container = await containers.start(compileSpec(place, target, installation), {
      stdout: () => {},
      stderr: () => {},
    });
    const timer = setTimeout(() => void container.remove(), TIMEOUT_MS);
    const end = await container.ended;
    clearTimeout(timer);
    await container.remove();
    if (end.exitCode === 0) ready.set(digest, target);
    else await rm(target, { recursive: true, force: true });
  }

  return {
    folderOf: (digest) => ready.get(digest) ?? null,
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
  };
}
