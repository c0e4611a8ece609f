/**
 * The grading API, compiled by the Python of each image: without it every container's agent compiles it anew,
 * 8 ms of processor time each, and 300 where an image carries no compiled standard library. Only containers of
 * the same revision read it, because its Python could give anything as the result.
 */
import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Placement } from '../../environments/discovery/placement.ts';
import type { Source } from '../../ports/engine/container-policy.ts';
import type { ContainerSpec, Containers } from '../../ports/engine/containers.ts';
import { createIntake, writeCompiled } from './compiled-files.ts';
import { removeTree } from './places/remove-tree.ts';
import { compileSpec, type Installation } from './policy/container-spec.ts';
import { sharedSources } from './shared-sources.ts';

export type CompiledApi = {
  /** The compiled API of a revision; null: it is not there (yet), and agents compile for themselves. */
  sourceOf(digest: string): Source | null;
  /** Compiles the API for a revision, once; never fails. */
  prepare(place: Placement): Promise<void>;
  /** Waits for what has begun. */
  close(): Promise<void>;
};

/** Only slots that are made ahead wait for the compilation. */
const TIMEOUT_MS = 20_000;

type Deps = { containers: Containers; installation: Installation; log: Logger };

/** @param folder only Gradeport uses it; made anew with every start, so nothing outlives its image for long */
export function createCompiledApi({ containers, installation, log }: Deps, folder: string): CompiledApi {
  const begun = new Map<string, Promise<void>>();
  const ready = new Map<string, Source>();
  const emptied = empty();

  async function empty(): Promise<void> {
    // An earlier version let containers write here.
    const left = await removeTree(folder);
    if (left !== null) log.warn({ left }, `not everything in ${folder} could be removed; remove it by hand`);
    // Readable for the grader's user, whose zygote imports from it.
    await mkdir(folder, { recursive: true, mode: 0o755 });
  }

  async function compile(place: Placement): Promise<void> {
    const { digest } = place.environment;
    await emptied;
    const { volumes } = await containers.way();
    const { api } = await sharedSources(volumes, installation.apiFolder, null);
    const archive = await printedBy(compileSpec(place, { api }, installation.instance));
    if (archive === null) return;
    const target = await mkdtemp(join(folder, `${digest.replace(/[^0-9a-f]/gi, '-')}-`));
    try {
      await chmod(target, 0o755);
      if ((await writeCompiled(archive, target)) === 0) return;
      ready.set(digest, volumes ? { volume: await volumes.holding('compiled', { folder: target }) } : target);
    } finally {
      if (!ready.has(digest)) await removeTree(target);
    }
  }

  /** null: the container did not end well. */
  async function printedBy(spec: ContainerSpec): Promise<Buffer | null> {
    const intake = createIntake();
    const container = await containers.start(spec, { stdout: intake.take, stderr: () => {} });
    const timer = setTimeout(() => void container.remove(), TIMEOUT_MS);
    const end = await container.ended;
    clearTimeout(timer);
    await container.remove();
    return end.exitCode === 0 ? intake.all() : null;
  }

  return {
    sourceOf: (digest) => ready.get(digest) ?? null,
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
      await Promise.all([emptied, ...begun.values()]);
    },
  };
}
