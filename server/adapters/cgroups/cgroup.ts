/**
 * Accounting read from the kernel's own files: 0.1 ms, where the engine's stats API needs 5 to 550 ms.
 * Works where the engine runs on this machine; elsewhere no usage is reported.
 * Formats: Linux' Documentation/admin-guide/cgroup-v1 and cgroup-v2.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { MEASURES, type Measure } from '../../../grading-api/protocol.ts';
import type { Usage } from '../../ports/engine/containers.ts';
import { freezerOf, halt } from './kill-cgroup.ts';

/** Folders of a container's cgroups, by controller; version 2 has one folder for all. */
export type Cgroups =
  | { version: 1; cpuacct: string; memory: string; pids: string; freezer: string | null }
  | { version: 2; all: string };

type Readers = Record<keyof Omit<Usage, 'isOver' | 'cpuAtMostMs'>, () => number>;

/**
 * @param pid the container's first process, as this machine sees it
 * @param container the engine's id of the container
 */
export async function findCgroups(pid: number, container: string): Promise<Cgroups | null> {
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => null);
  return text === null ? null : cgroupsIn(text, container);
}

/**
 * Where the container's cgroups are; null where the text names others. What is halted is killed, and a path that leads to the
 * root of a tree, to another container or to the server's own cgroup would name far more than the container.
 * @param text the content of /proc/<pid>/cgroup: cgroups(7)
 */
export function cgroupsIn(text: string, container: string): Cgroups | null {
  const paths = new Map<string, string>();
  for (const [, controllers = '', path = ''] of text.matchAll(/^\d+:([^:]*):(.*)$/gm)) {
    const own = pathOf(path, container);
    if (own !== null) for (const controller of controllers.split(',')) paths.set(controller, own);
  }
  const [cpuacct, memory, pids] = [paths.get('cpuacct'), paths.get('memory'), paths.get('pids')];
  if (cpuacct !== undefined && memory !== undefined && pids !== undefined) {
    const folder = (controller: string, path: string) => `/sys/fs/cgroup/${controller}${path}`;
    const freezer = paths.get('freezer');
    return {
      version: 1,
      cpuacct: folder('cpuacct', cpuacct),
      memory: folder('memory', memory),
      pids: folder('pids', pids),
      freezer: freezer === undefined ? null : folder('freezer', freezer),
    };
  }
  const all = paths.get('');
  return all === undefined ? null : { version: 2, all: `/sys/fs/cgroup${all}` };
}

/**
 * The engine's cgroup of the container, whose name has its id with every engine and driver. crun makes another one in it
 * ("container"), which takes its counts with it when it goes: the engine's keeps them.
 */
function pathOf(path: string, container: string): string | null {
  const parts = path.split('/');
  const at = parts.findIndex((part) => part.includes(container));
  if (container === '' || parts[0] !== '' || at < 1 || parts.includes('..')) return null;
  return parts.slice(0, at + 1).join('/');
}

/** @param path of the cgroup below each tree, as its maker chose it */
export function cgroupsAt(path: string): Cgroups {
  const tree = (controller: string) => `/sys/fs/cgroup/${controller}${path}`;
  if (!existsSync('/sys/fs/cgroup/memory')) return { version: 2, all: `/sys/fs/cgroup${path}` };
  return {
    version: 1,
    cpuacct: tree('cpuacct'),
    memory: tree('memory'),
    pids: tree('pids'),
    freezer: tree('freezer'),
  };
}

/**
 * Buffers of sockets are no memory for version 1, unless they have a limit of their own; then sockets that are made from
 * now on count. Version 2 counts them as memory.
 */
export function limitSockets(cgroups: Cgroups, bytes: number): void {
  if (cgroups.version === 2) return;
  const file = `${cgroups.memory}/memory.kmem.tcp.limit_in_bytes`;
  // A kernel may be without it. A container that has ended has no sockets either.
  if (existsSync(file)) writeFileSync(file, String(bytes));
}

/** Makes the cgroup that a runtime will find there, with a limit that not every runtime sets. */
export function makeWithSocketLimit(path: string, bytes: number): void {
  const cgroups = cgroupsAt(path);
  if (cgroups.version === 2) return;
  mkdirSync(cgroups.memory, { recursive: true });
  limitSockets(cgroups, bytes);
}

/** Ends all programs in the cgroups at once; false where that is not possible here, and the engine has to do it. */
export async function haltAll(cgroups: Cgroups): Promise<boolean> {
  if (cgroups.version === 2) return halt(freezerOf(2, cgroups.all));
  return cgroups.freezer !== null && halt(freezerOf(1, cgroups.freezer));
}

/** Read synchronously: the kernel answers in 20 µs, the thread pool in ten times that. */
const readNumber = (path: string): number => Number(readFileSync(path, 'utf8'));

/** The number behind a word in files such as memory.events ("oom_kill 3"); 0 where the word is missing. */
function readField(path: string, field: string): number {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${field} `));
  return line === undefined ? 0 : Number(line.slice(field.length + 1));
}

/** For a file that only newer kernels have, or whose controller is not there. */
function orZero(read: () => number): number {
  try {
    return read();
  } catch {
    return 0;
  }
}

/** What the kernel does not count of a container: its controller is missing, or is not delegated. */
export function uncountedIn(cgroups: Cgroups | null): Measure[] {
  if (cgroups === null) return [...MEASURES];
  const files =
    cgroups.version === 1
      ? {
          cpu: `${cgroups.cpuacct}/cpuacct.usage`,
          memory: `${cgroups.memory}/memory.usage_in_bytes`,
          processes: `${cgroups.pids}/pids.current`,
        }
      : {
          cpu: `${cgroups.all}/cpu.stat`,
          memory: `${cgroups.all}/memory.current`,
          processes: `${cgroups.all}/pids.current`,
        };
  return MEASURES.filter((measure) => !existsSync(files[measure]));
}

/**
 * Reads what a container has used; null once it is gone, because its files go with it.
 * @param isOver whether its first process is gone; asked before, so that what the accounting says then is final
 * @param uncounted what uncountedIn found: 0
 */
export function readUsage(
  cgroups: Cgroups,
  isOver: boolean,
  uncounted: readonly Measure[] = [],
): Usage | null {
  const files = cgroups.version === 1 ? v1(cgroups) : v2(cgroups.all);
  const counted = (measure: Measure, read: () => number) => (uncounted.includes(measure) ? 0 : read());
  try {
    return {
      cpuMs: counted('cpu', files.cpuMs),
      memoryBytes: counted('memory', files.memoryBytes),
      oomKills: counted('memory', files.oomKills),
      refusedForks: orZero(files.refusedForks),
      isOver,
    };
  } catch {
    return null;
  }
}

/** The kernel counts in batches: a count at the limit may be short of it by this much. */
const NEARLY_BYTES = 256 * 1024;

/**
 * Whether the programs below a cgroup ever used up its memory; asked once they are gone.
 * @param path of that cgroup, below each tree
 */
export function ranOutOfMemory(path: string, limitBytes: number): boolean {
  const above = cgroupsAt(path);
  try {
    if (above.version === 2) return readField(`${above.all}/memory.events`, 'oom_kill') > 0;
    return readNumber(`${above.memory}/memory.max_usage_in_bytes`) >= limitBytes - NEARLY_BYTES;
  } catch {
    return false;
  }
}

const v1 = (cgroups: Extract<Cgroups, { version: 1 }>): Readers => ({
  cpuMs: () => readNumber(`${cgroups.cpuacct}/cpuacct.usage`) / 1e6,
  memoryBytes: () => readNumber(`${cgroups.memory}/memory.max_usage_in_bytes`),
  oomKills: () =>
    readField(`${cgroups.memory}/memory.oom_control`, 'oom_kill') +
    (hasTooMuchInSockets(cgroups.memory) ? 1 : 0),
  refusedForks: () => readField(`${cgroups.pids}/pids.events`, 'max'),
});

/**
 * The limit of sockets leaves each of them its first message, 64 KiB, so that thousands of sockets hold far more. What is
 * beyond it by so much counts as an end by the kernel.
 */
function hasTooMuchInSockets(folder: string): boolean {
  const file = (what: string) => `${folder}/memory.kmem.tcp.${what}_in_bytes`;
  if (!existsSync(file('limit'))) return false;
  return readNumber(file('max_usage')) > readNumber(file('limit')) * SOCKETS_BEYOND;
}
const SOCKETS_BEYOND = 2;

const v2 = (folder: string): Readers => ({
  cpuMs: () => readField(`${folder}/cpu.stat`, 'usage_usec') / 1e3,
  memoryBytes: () => readPeak(folder),
  oomKills: () => readField(`${folder}/memory.events`, 'oom_kill'),
  // Before Linux 6.12 a refusal counts only where the program is, which is below with crun.
  refusedForks: () =>
    Math.max(
      readField(`${folder}/pids.events`, 'max'),
      orZero(() => readField(`${folder}/container/pids.events`, 'max')),
    ),
});

/** memory.peak came with Linux 5.19; before it, the present use is the best there is. */
function readPeak(folder: string): number {
  try {
    return readNumber(`${folder}/memory.peak`);
  } catch {
    return readNumber(`${folder}/memory.current`);
  }
}
