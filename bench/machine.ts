/** Describes the measured machine: what matters for speed, and nothing that identifies it. */
import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { openEngine } from '../server/adapters/open-engine.ts';

export type Machine = Record<
  'processors' | 'memory' | 'kernel' | 'engine' | 'runtimes' | 'disk' | 'node',
  string
>;

const GIB = 2 ** 30;

/** Magic numbers of statfs(2). */
const FILE_SYSTEMS: Record<string, string> = {
  ef53: 'ext2/ext3/ext4',
  '58465342': 'XFS',
  '9123683e': 'Btrfs',
  '1021994': 'tmpfs: in memory, so nothing waits for a disk',
  '794c7630': 'overlayfs',
  '6969': 'NFS',
  '2fc12fc1': 'ZFS',
};

export async function describeMachine(folder: string): Promise<Machine> {
  const { type } = await statfs(folder);
  const name = FILE_SYSTEMS[type.toString(16)] ?? `file system 0x${type.toString(16)}`;
  // "AMD EPYC 7763 64-Core Processor" says how fast; nothing else identifies the machine.
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  return {
    processors: `${availableParallelism()} × ${model}`,
    memory: `${(totalmem() / GIB).toFixed(1)} GiB`,
    kernel: `Linux ${release().split('-')[0]}`,
    ...(await describeEngine()),
    disk: name,
    node: process.version,
  };
}

async function describeEngine(): Promise<Pick<Machine, 'engine' | 'runtimes'>> {
  const engine = openEngine();
  try {
    const { name, storageDriver, cgroupVersion, runtimes } = await engine.containers.info();
    return {
      engine: `${name}, ${storageDriver}, cgroup v${cgroupVersion}`,
      runtimes: [...runtimes].sort().join(', '),
    };
  } finally {
    await engine.close();
  }
}
