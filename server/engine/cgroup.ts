/**
 * Accounting read from the kernel's own files: 0.1 ms, where the engine's stats API needs 5 to 550 ms.
 * Works where the engine runs on this machine; elsewhere there is simply no usage to report.
 * Formats: Linux' Documentation/admin-guide/cgroup-v1 and cgroup-v2.
 */
import { readFile } from 'node:fs/promises';
import type { Usage } from './port.ts';

/** Folders of a container's cgroups, by controller; version 2 has one folder for all. */
type Cgroups = { version: 1; cpuacct: string; memory: string; pids: string } | { version: 2; all: string };

/** @param pid the container's first process, as this machine sees it */
export async function findCgroups(pid: number): Promise<Cgroups | null> {
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => null);
  if (text === null) return null;
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    for (const controller of controllers.split(',')) paths.set(controller, path);
  }
  const [cpuacct, memory, pids] = [paths.get('cpuacct'), paths.get('memory'), paths.get('pids')];
  if (cpuacct !== undefined && memory !== undefined && pids !== undefined) {
    const folder = (controller: string, path: string) => `/sys/fs/cgroup/${controller}${path}`;
    return {
      version: 1,
      cpuacct: folder('cpuacct', cpuacct),
      memory: folder('memory', memory),
      pids: folder('pids', pids),
    };
  }
  const all = paths.get('');
  return all === undefined ? null : { version: 2, all: `/sys/fs/cgroup${all}` };
}

const readNumber = async (path: string): Promise<number> => Number(await readFile(path, 'utf8'));

/** The number behind a word in files such as memory.events ("oom_kill 3"); 0 where the word is missing. */
async function readField(path: string, field: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const line = text.split('\n').find((entry) => entry.startsWith(`${field} `));
  return line === undefined ? 0 : Number(line.slice(field.length + 1));
}

/** null once the container is gone: its files go with it. */
export async function readUsage(cgroups: Cgroups): Promise<Usage | null> {
  try {
    return cgroups.version === 1 ? await readV1(cgroups) : await readV2(cgroups.all);
  } catch {
    return null;
  }
}

async function readV1(cgroups: Extract<Cgroups, { version: 1 }>): Promise<Usage> {
  const [cpuNs, memoryBytes, oomKills, refusedForks] = await Promise.all([
    readNumber(`${cgroups.cpuacct}/cpuacct.usage`),
    readNumber(`${cgroups.memory}/memory.max_usage_in_bytes`),
    readField(`${cgroups.memory}/memory.oom_control`, 'oom_kill'),
    readField(`${cgroups.pids}/pids.events`, 'max'),
  ]);
  return { cpuMs: cpuNs / 1e6, memoryBytes, oomKills, refusedForks };
}

async function readV2(folder: string): Promise<Usage> {
  const [cpuUs, memoryBytes, oomKills, refusedForks] = await Promise.all([
    readField(`${folder}/cpu.stat`, 'usage_usec'),
    // memory.peak came with Linux 5.19; before it, the present use is the best there is.
    readNumber(`${folder}/memory.peak`).catch(() => readNumber(`${folder}/memory.current`)),
    readField(`${folder}/memory.events`, 'oom_kill'),
    readField(`${folder}/pids.events`, 'max'),
  ]);
  return { cpuMs: cpuUs / 1e3, memoryBytes, oomKills, refusedForks };
}
