/**
 * Programs of containers that the engine has lost. An engine that is killed while it makes a container leaves the
 * container's shim and the runtime it was starting; once restarted it does not know them, so they run on.
 * A shim is recognised by its working folder: that is its container's bundle, whose config.json names what the
 * container mounts (Linux' proc(5); OCI runtime specification, config.json).
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

type Shim = { pid: number; container: string };

const configSchema = z.object({ mounts: z.array(z.object({ source: z.string().optional() })) });
const SHIM = /^containerd-shim/;
const CONTAINER = /^[0-9a-f]{64}$/;
/** The engine has forgotten a container that just ended for a moment before its shim exits. */
const LEAVING_MS = 3000;

/**
 * @param folder absolute: only containers that mount something below it are looked at
 * @param known asks the engine for the ids of all its containers
 * @returns how many it ended
 */
export async function endOrphans(
  folder: string,
  known: () => Promise<ReadonlySet<string>>,
  signal?: AbortSignal,
): Promise<number> {
  const suspects = await lost(folder, known);
  if (suspects.length === 0) return 0;
  await pause(LEAVING_MS, undefined, { ref: false, ...(signal && { signal }) });
  const still = new Set((await lost(folder, known)).map(({ pid }) => pid));
  const orphans = suspects.filter(({ pid }) => still.has(pid));
  for (const orphan of orphans) endShim(orphan);
  return orphans.length;
}

/** Looks for shims before it asks the engine: the engine knows a new container before that has a shim. */
async function lost(folder: string, known: () => Promise<ReadonlySet<string>>): Promise<Shim[]> {
  const shims = shimsMounting(folder);
  if (shims.length === 0) return [];
  const ids = await known();
  return shims.filter(({ container }) => !ids.has(container));
}

/** The shims of containers, running or not, that mount something below this folder of this machine. */
function shimsMounting(folder: string): Shim[] {
  return pidsIn().flatMap((pid) => {
    if (!SHIM.test(nameOf(pid))) return [];
    const bundle = attempt(() => readlinkSync(`/proc/${pid}/cwd`));
    const container = basename(bundle ?? '');
    if (bundle === null || !CONTAINER.test(container)) return [];
    const config = attempt(() =>
      configSchema.parse(JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8'))),
    );
    const isOurs = config?.mounts.some(({ source }) => source?.startsWith(`${folder}/`));
    return isOurs ? [{ pid, container }] : [];
  });
}

/** Ends a shim and everything below it: the runtime's own programs, and those of the container. */
function endShim({ pid, container }: Shim): void {
  const parents = new Map(pidsIn().map((each) => [each, parentOf(each)]));
  const isBelow = (each: number): boolean => {
    const parent = parents.get(each);
    return parent !== undefined && parent > 1 && (parent === pid || isBelow(parent));
  };
  // A process in the container's cgroup belongs to the container, whatever became its parent.
  const isInside = (each: number) => readOr(`/proc/${each}/cgroup`).includes(container);
  for (const each of parents.keys()) if (isBelow(each) || isInside(each)) kill(each);
  kill(pid);
}

const pidsIn = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const readOr = (path: string): string => attempt(() => readFileSync(path, 'utf8')) ?? '';
const nameOf = (pid: number): string => readOr(`/proc/${pid}/comm`);

/** Reads the fourth field of stat; the second, in brackets, may hold anything. */
function parentOf(pid: number): number {
  const [, after = ''] = /^.*\)(.*)$/s.exec(readOr(`/proc/${pid}/stat`)) ?? [];
  return Number(after.trim().split(' ')[1] ?? 0);
}

/** null: the process ended while it was looked at. */
function attempt<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}

function kill(pid: number): void {
  attempt(() => process.kill(pid, 'SIGKILL'));
}
