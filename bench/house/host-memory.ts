/** The host memory that containers use, read from the kernel's own files. cgroup version 1 and 2. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Bytes. */
export type HostMemory = {
  /** PSS of the processes inside: each process counts its share of shared pages. */
  programs: number;
  /** PSS of the process beside each container, which belongs to the engine or the runtime. */
  shims: number;
  /** The kernel's own memory for them (stacks, page tables, sockets, file entries). */
  kernel: number;
  /** Their file systems in memory. */
  files: number;
};

/** Fails where the engine runs on another machine, or hides its processes. */
export async function containerMemory(ids: readonly string[]): Promise<HostMemory> {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const total: HostMemory = { programs: 0, shims: 0, kernel: 0, files: 0 };
  for (const id of ids) {
    const inside = processes.filter((pid) => read(`/proc/${pid}/cgroup`).includes(id));
    const first = inside[0];
    if (first === undefined) throw new Error('The processes of a container are not to be seen from here.');
    const group = memoryGroup(read(`/proc/${first}/cgroup`));
    total.programs += sum(inside.map(pss));
    total.shims += sum(processes.filter((pid) => isShim(pid, id)).map(pss));
    total.kernel += kernelBytes(group);
    total.files += field(read(`${group}/memory.stat`), 'shmem');
  }
  return total;
}

const isShim = (pid: string, id: string): boolean => {
  const command = read(`/proc/${pid}/cmdline`);
  return /containerd-shim|crun|runc/.test(command) && command.includes(id);
};

/** The folder of a process' memory cgroup. */
function memoryGroup(text: string): string {
  const lines = text.split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const v1 = lines.find((line) => line?.[1]?.split(',').includes('memory'));
  if (v1) return `/sys/fs/cgroup/memory${v1[2]}`;
  const v2 = lines.find((line) => line?.[1] === '');
  return `/sys/fs/cgroup${v2?.[2] ?? ''}`;
}

function kernelBytes(group: string): number {
  const v1 = `${group}/memory.kmem.usage_in_bytes`;
  return existsSync(v1) ? Number(read(v1)) : field(read(`${group}/memory.stat`), 'kernel');
}

const pss = (pid: string): number => field(read(`/proc/${pid}/smaps_rollup`), 'Pss:') * 1024;

/** MemAvailable, in bytes: includes everything that runs on the machine meanwhile. */
export const memoryAvailable = (): number => field(read('/proc/meminfo'), 'MemAvailable:') * 1024;

/** The number after a word at the beginning of a line; 0 if there is none. */
function field(text: string, name: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? 0 : Number.parseInt(line.slice(name.length).trim(), 10);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

/** Empty for a file that is gone by now. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
