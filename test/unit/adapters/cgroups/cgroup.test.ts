/** Where a container's accounting lies, read from the /proc/<pid>/cgroup of containers on machines of each kind. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cgroupsIn, readUsage, uncountedIn } from '../../../../server/adapters/cgroups/cgroup.ts';
import { tempFolder } from '../../../support/store/temp-folder.ts';

const recorded = (name: string) => readFileSync(join(import.meta.dirname, 'recorded', name), 'utf8');
const ID = 'b4be48c5167f0eb1c3865c889df76e1032f2b29c987a3d199433eb973d53bc89';

test.each(['cgroup-v1', 'cgroup-hybrid'])('%s: each controller has a tree of its own', (name) => {
  expect(cgroupsIn(recorded(name), ID)).toEqual({
    version: 1,
    cpuacct: `/sys/fs/cgroup/cpuacct/docker/${ID}`,
    memory: `/sys/fs/cgroup/memory/docker/${ID}`,
    pids: `/sys/fs/cgroup/pids/docker/${ID}`,
    freezer: `/sys/fs/cgroup/freezer/docker/${ID}`,
  });
});

test.each(['cgroup-v2', 'cgroup-v2-crun'])(
  '%s: one folder has all, which keeps what was counted below it',
  (name) => {
    const all = `/sys/fs/cgroup/system.slice/docker-${ID}.scope`;
    expect(cgroupsIn(recorded(name), ID)).toEqual({ version: 2, all });
  },
);

test.each([
  ['cgroupfs', `0::/docker/${ID}`, `/docker/${ID}`],
  ['cgroupfs with crun', `0::/docker/${ID}/container`, `/docker/${ID}`],
  [
    'a parent that the operator chose',
    `0::/grading.slice/docker-${ID}.scope`,
    `/grading.slice/docker-${ID}.scope`,
  ],
  ['Podman', `0::/machine.slice/libpod-${ID}.scope/container`, `/machine.slice/libpod-${ID}.scope`],
])('%s: the folder is the one with the id of the container', (_, line, path) => {
  expect(cgroupsIn(`${line}\n`, ID)).toEqual({ version: 2, all: `/sys/fs/cgroup${path}` });
});

test.each([
  ['the root of the tree', '0::/'],
  ['the root, as a process in a namespace of its own sees it', '0::/../..'],
  ['a cgroup outside of such a namespace', `0::/../../docker/${ID}`],
  ['another container', `0::/docker/${ID.replace('b', 'c')}`],
  ['the service that runs Gradeport', '0::/system.slice/gradeport.service'],
  [
    'a tree with the root for memory',
    `9:freezer:/docker/${ID}\n4:memory:/\n3:pids:/docker/${ID}\n2:cpuacct:/docker/${ID}`,
  ],
])('%s is refused, for reading and for killing', (_, lines) => {
  expect(cgroupsIn(`${lines}\n`, ID)).toBeNull();
});

test('an id that is empty names no cgroup', () => {
  expect(cgroupsIn(recorded('cgroup-v2'), '')).toBeNull();
});

test('refused forks count where crun puts the programs, too', () => {
  const all = tempFolder();
  writeFileSync(join(all, 'cpu.stat'), 'usage_usec 1500\n');
  writeFileSync(join(all, 'memory.peak'), '4096\n');
  writeFileSync(join(all, 'memory.events'), 'oom 1\noom_kill 1\n');
  writeFileSync(join(all, 'pids.events'), 'max 0\n');
  mkdirSync(join(all, 'container'));
  writeFileSync(join(all, 'container/pids.events'), 'max 3\n');
  const seen = { cpuMs: 1.5, memoryBytes: 4096, oomKills: 1, refusedForks: 3, isOver: true };
  expect(readUsage({ version: 2, all }, true)).toEqual(seen);
});

test('a process without cgroups has no accounting', () => {
  expect(cgroupsIn('', ID)).toBeNull();
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
