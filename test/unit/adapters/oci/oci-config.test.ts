/** A container's policy in the words of an OCI runtime, which starts it for us, past the engine. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  isDirect,
  ociConfig,
  placesOf,
  type Surroundings,
} from '../../../../server/adapters/oci/oci-config.ts';
import { systemCalls, systemCallsForEngine } from '../../../../server/adapters/system-calls/system-calls.ts';
import type { ContainerPolicy } from '../../../../server/ports/engine/container-policy.ts';
import { specWith } from '../../../support/execution/policy-table.ts';

const MIB = 2 ** 20;
const POLICY: Partial<ContainerPolicy> = {
  mounts: [
    { source: '/runs/1/student', target: '/task/student', readOnly: false },
    { source: '/runs/1/task', target: '/task', readOnly: false },
    { source: '/runs/1/hosts', target: '/etc/hosts', readOnly: true },
  ],
};
const around = {
  rootfs: '/files/1',
  env: ['PATH=/usr/bin', 'LANG=C'],
  cgroup: '/gradeport/1/box',
  limitsSwap: true,
  compiledCalls: null,
  profile: null,
  userNamespace: null,
  processor: 'x64',
};
type Config = {
  process: Record<string, unknown> & { env: string[] };
  root: object;
  mounts: { destination: string; type: string; options: string[] }[];
  annotations: object;
  linux: Record<string, unknown> & { namespaces: { type: string }[]; resources: Record<string, unknown> };
};
function config(change: Partial<Surroundings> = {}, policy: Partial<ContainerPolicy> = {}): Config {
  const spec = specWith({ ...POLICY, ...policy });
  if (!isDirect(spec)) throw new Error('The engine starts this one.');
  return ociConfig(spec, { ...around, ...change }) as Config;
}

test('has three capabilities, none of them to be inherited, and no way to more', () => {
  const all = ['CAP_SETUID', 'CAP_SETGID', 'CAP_KILL'];
  expect(config().process).toMatchObject({
    capabilities: { bounding: all, effective: all, permitted: all },
    noNewPrivileges: true,
  });
  expect(config().process['capabilities']).not.toHaveProperty('inheritable');
  expect(config().process['capabilities']).not.toHaveProperty('ambient');
});

test('names the compiled list of system calls where there is one, beside the list itself', () => {
  const NAME = 'run.oci.seccomp_bpf_data';
  expect(config({ compiledCalls: 'AAAA' })).toMatchObject({
    annotations: { [NAME]: 'AAAA' },
    linux: { seccomp: expect.anything() },
  });
  expect(config({}).annotations).not.toHaveProperty([NAME]);
});

test('has the limits, masks and places of its policy', () => {
  const { linux, mounts, process } = config(
    {},
    {
      memoryBytes: 100 * MIB,
      processes: 64,
      processors: 1,
      sharedMemoryBytes: 2 * MIB,
      resourceLimits: { nofile: 1024, fsize: 8 * MIB, core: 0, msgqueue: 0 },
      memoryFolders: [
        { target: '/data', bytes: 7, files: 3 },
        { target: '/tmp', bytes: 8, files: 4, runs: true },
      ],
      maskedPaths: ['/proc/kcore'],
      readOnlyPaths: ['/proc/sys'],
    },
  );
  expect(linux).toMatchObject({
    maskedPaths: ['/proc/kcore'],
    readonlyPaths: ['/proc/sys'],
    resources: {
      memory: { limit: 100 * MIB, swap: 100 * MIB },
      cpu: { quota: 100_000, period: 100_000 },
      pids: { limit: 64 },
    },
  });
  expect(process['rlimits']).toContainEqual({ type: 'RLIMIT_FSIZE', soft: 8 * MIB, hard: 8 * MIB });
  const optionsOf = (place: string) => mounts.find(({ destination }) => destination === place)?.options;
  expect(optionsOf('/tmp')).toEqual(['rw', 'nosuid', 'nodev', 'mode=1777', 'size=8', 'nr_inodes=4']);
  expect(optionsOf('/data')).toEqual([
    ...['noexec', 'rw', 'nosuid', 'nodev', 'mode=1777', 'size=7', 'nr_inodes=3'],
  ]);
  expect(mounts.find(({ destination }) => destination === '/dev/shm')?.options).toContain(`size=${2 * MIB}`);
});

test.each<[string, Partial<ContainerPolicy>]>([
  ['a network', { network: true }],
  ['a GPU', { gpu: true }],
  ['a program that is root', { rootProgram: true }],
  ['the usual capabilities', { capabilities: 'usual' }],
  ['an image that can be written to', { readOnlyRoot: false }],
])('a container with %s is left to the engine', (_, policy) => {
  expect(isDirect(specWith(policy))).toBe(false);
});

test('a container with a kernel of its own is left to the engine', () => {
  expect(isDirect({ ...specWith(), ownKernel: true })).toBe(false);
});

test('cannot write to its image, and has namespaces of its own', () => {
  expect(config().root).toEqual({ path: '/files/1', readonly: true });
  expect(
    config()
      .linux.namespaces.map(({ type }) => type)
      .sort(),
  ).toEqual(['ipc', 'mount', 'network', 'pid', 'uts']);
  for (const namespace of config().linux.namespaces) expect(namespace).not.toHaveProperty('path');
});

test('mounts what is further down later, and writable only what is said to be', () => {
  const binds = config().mounts.filter(({ type }) => type === 'bind');
  expect(binds.map(({ destination }) => destination)).toEqual(['/task', '/task/student', '/etc/hosts']);
  expect(binds.map(({ options }) => options.includes('ro'))).toEqual([false, false, true]);
});

test('finds the image’s variables, and a PATH where the image has none', () => {
  expect(config().process.env).toEqual(['HOSTNAME=grading', 'PATH=/usr/bin', 'LANG=C']);
  expect(config({ env: [] }).process.env[0]).toMatch(/^PATH=.*:\/bin$/);
});

test('has the host’s AppArmor profile where there is one, and no word on swap where the kernel has none', () => {
  expect(config().process).not.toHaveProperty('apparmorProfile');
  expect(config({ profile: 'docker-default' }).process).toMatchObject({ apparmorProfile: 'docker-default' });
  expect(config({ limitsSwap: false }).linux.resources['memory']).not.toHaveProperty('swap');
});

test('differs from others by its labels', () => {
  expect(config().annotations).toMatchObject({
    'org.gradeport.instance': 'here',
    'org.gradeport.role': 'grading',
  });
});

test('needs a place for each mount: what is shared by all users, folders, and files', () => {
  const spec = specWith(POLICY);
  if (!isDirect(spec)) throw new Error('The runtime would not be asked for it.');
  const places = placesOf(spec.policy, (path) => !path.endsWith('hosts'));
  expect(places.get('/archive')).toBe('shared');
  expect(places.get('/task/student')).toBe('folder');
  expect(places.get('/etc/hosts')).toBe('file');
});

test.each([
  ...['mount', 'umount2', 'unshare', 'setns', 'pivot_root', 'bpf', 'perf_event_open', 'userfaultfd'],
  ...['keyctl', 'add_key', 'request_key', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'],
  ...[
    'init_module',
    'finit_module',
    'kexec_load',
    'reboot',
    'swapon',
    'open_by_handle_at',
    'process_vm_writev',
  ],
  // Counted once for the machine; and what hides its arguments from the filter.
  ...['io_setup', 'io_submit', 'socketcall'],
  ...['fsopen', 'fsmount', 'move_mount', 'open_tree', 'mount_setattr', 'quotactl', 'acct', 'syslog', 'iopl'],
])('%s is not called', (call) => {
  const filter = systemCalls('x64') as {
    defaultAction: string;
    syscalls: { names: string[]; action: string }[];
  };
  expect(filter.defaultAction).toBe('SCMP_ACT_ERRNO');
  const allowed = filter.syscalls.filter(({ action }) => action === 'SCMP_ACT_ALLOW');
  expect(allowed.flatMap(({ names }) => names)).not.toContain(call);
});

/** The first arguments with which this list allows a call; null: any. */
function allowedFirst(call: string, filter: object | null): (number | null)[] {
  const { syscalls } = z.object({ syscalls: z.array(rule) }).parse(filter);
  const rules = syscalls.filter(({ names, action }) => names.includes(call) && action === 'SCMP_ACT_ALLOW');
  return rules.flatMap(({ args }) => args?.map(({ index, value }) => (index === 0 ? value : null)) ?? [null]);
}
const rule = z.object({
  names: z.array(z.string()),
  action: z.string(),
  args: z.array(z.object({ index: z.number(), value: z.number(), op: z.string() })).optional(),
});

test.each([
  ['x64', systemCalls('x64')],
  ['arm64', systemCalls('arm64')],
  ['an engine', systemCallsForEngine()],
])('sockets are of families that have a namespace, on %s', (_, filter) => {
  expect(allowedFirst('socket', filter)).toEqual([1, 2, 10, 16]);
  expect(allowedFirst('socketpair', filter)).toEqual([1]);
});

test('a processor that the list is not made for has none', () => {
  expect(systemCalls('riscv64')).toBeNull();
});
