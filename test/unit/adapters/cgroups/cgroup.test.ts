/** Where a container's accounting lies, read from the /proc/<pid>/cgroup of containers on machines of each kind. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cgroupsIn, readUsage, uncountedIn } from '../../../../server/adapters/cgroups/cgroup.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

const recorded = (name: string) => readFileSync(join(import.meta.dirname, 'recorded', name), 'utf8');
const ID = 'b4be48c5167f0eb1c3865c889df76e1032f2b29c987a3d199433eb973d53bc89';

test.each(['cgroup-v1', 'cgroup-hybrid'])('%s: each controller has a tree of its own', (name) => {
  expect(cgroupsIn(recorded(name))).toEqual({
    version: 1,
    cpuacct: `/sys/fs/cgroup/cpuacct/docker/${ID}`,
    memory: `/sys/fs/cgroup/memory/docker/${ID}`,
    pids: `/sys/fs/cgroup/pids/docker/${ID}`,
    freezer: `/sys/fs/cgroup/freezer/docker/${ID}`,
  });
});

test.each([
  ['cgroup-v2', `/system.slice/docker-${ID}.scope`],
  ['cgroup-v2-crun', `/system.slice/docker-${ID}.scope/container`],
])('%s: one folder has all', (name, path) => {
  expect(cgroupsIn(recorded(name))).toEqual({ version: 2, all: `/sys/fs/cgroup${path}` });
});

test('a process without cgroups has no accounting', () => {
  expect(cgroupsIn('')).toBeNull();
});

test('a controller that is missing is named, and the other figures stay', () => {
  const all = tempFolder();
  const cgroups = { version: 2, all } as const;
  writeFileSync(join(all, 'cpu.stat'), 'usage_usec 1500\n');
  writeFileSync(join(all, 'pids.current'), '1\n');
  writeFileSync(join(all, 'pids.events'), 'max 2\n');
  expect(uncountedIn(cgroups)).toEqual(['memory']);
  const seen = { cpuMs: 1.5, memoryBytes: 0, oomKills: 0, refusedForks: 2, isOver: false };
  expect(readUsage(cgroups, false, ['memory'])).toEqual(seen);
  // Without that knowledge its files have gone, and with them the container.
  expect(readUsage(cgroups, false)).toBeNull();
  rmSync(join(all, 'cpu.stat'));
  expect(readUsage(cgroups, false, ['memory'])).toBeNull();
});

test('a process whose cgroups cannot be found has nothing counted', () => {
  expect(uncountedIn(null)).toEqual(['cpu', 'memory', 'processes']);
});
