/** What each role may do, as a table: what a container is asked for → its policy. Every translation reads it, too. */
import {
  compilePolicy,
  gradingPolicy,
  type PolicyCircumstances,
  studentPolicy,
} from '../../../server/execution/slots/policy/container-policy.ts';
import type { ContainerPolicy, Mount } from '../../../server/ports/engine/container-policy.ts';
import type { ContainerSpec } from '../../../server/ports/engine/containers.ts';

const MIB = 2 ** 20;
const LIMITS = { memoryBytes: 100 * MIB, pids: 64, diskBytes: 8 * MIB, tmpBytes: 32 * MIB };
const PLAIN: PolicyCircumstances = {
  ownKernel: false,
  asRoot: false,
  gpu: false,
  network: false,
  programUser: null,
  limits: LIMITS,
};
const RUN = { api: '/api', compiled: null, hosts: '/run/hosts', student: '/run/student' };
const GRADING_FROM = { ...RUN, task: '/run/task', common: null, commands: [] };
const STUDENT_FROM = { ...RUN, common: null };

const readOnly = (source: string, target: string): Mount => ({ source, target, readOnly: true });
const writable = (source: string, target: string): Mount => ({ source, target, readOnly: false });
const API = readOnly('/api', '/opt/gradeport');
const COMPILED = readOnly('/data/compiled', '/opt/gradeport-compiled');
const HOSTS = readOnly('/run/hosts', '/etc/hosts');
const TASK = [writable('/run/task', '/task'), writable('/run/student', '/task/student')];
const STUDENT = writable('/run/student', '/task/student');
const FEEDBACK = readOnly('/api/shim/command', '/bin/feedback');

/** Written out in full once; the rows say what differs. */
const STUDENT_POLICY: ContainerPolicy = {
  user: { uid: 0, gid: 0 },
  rootProgram: false,
  programUser: null,
  capabilities: ['SETUID', 'SETGID', 'KILL'],
  noNewPrivileges: true,
  systemCalls: 'allow-list',
  readOnlyRoot: true,
  network: false,
  gpu: false,
  memoryBytes: 132 * MIB,
  socketBytes: 32 * MIB,
  sharedMemoryBytes: 16 * MIB,
  processes: 64,
  processors: 1,
  oomScoreAdj: 500,
  resourceLimits: { nofile: 1024, fsize: 8 * MIB, core: 0, msgqueue: 0 },
  memoryFolders: [{ target: '/tmp', bytes: 32 * MIB, files: 4096, runs: true }],
  mounts: [API, HOSTS, STUDENT],
  maskedPaths: [
    ...['/proc/asound', '/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list'],
    ...['/proc/timer_stats', '/proc/sched_debug', '/proc/scsi', '/sys/firmware'],
  ],
  readOnlyPaths: [
    ...['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger', '/sys/fs/cgroup'],
    ...[
      ...['blkio', 'cpu', 'cpu,cpuacct', 'cpuacct', 'cpuset', 'devices', 'freezer', 'hugetlb', 'memory'],
      ...[
        'misc',
        'net_cls,net_prio',
        'net_cls',
        'net_prio',
        'perf_event',
        'pids',
        'rdma',
        'systemd',
        'unified',
      ],
    ].map((folder) => `/sys/fs/cgroup/${folder}`),
  ],
};
const GRADING_POLICY: ContainerPolicy = {
  ...STUDENT_POLICY,
  memoryFolders: [
    { target: '/tmp', bytes: 32 * MIB, files: 4096, runs: true },
    { target: '/.__input', bytes: 128 * MIB, files: 256 },
    { target: '/.__output', bytes: 64 * MIB, files: 256 },
    { target: '/archive', bytes: 32 * MIB, files: 4096 },
    { target: '/run/gradeport', bytes: 1 * MIB, files: 64 },
  ],
  mounts: [API, HOSTS, ...TASK],
};
const OWN_KERNEL: Partial<ContainerPolicy> = {
  memoryBytes: 292 * MIB,
  processes: 1024,
  resourceLimits: { nofile: 1024, fsize: 8 * MIB, core: 0, msgqueue: 0, nproc: 64 },
};
const ROOT_OF_ITS_KERNEL: Partial<ContainerPolicy> = {
  ...OWN_KERNEL,
  rootProgram: true,
  capabilities: 'usual',
  readOnlyRoot: false,
};

export type PolicyRow = {
  title: string;
  spec: ContainerSpec;
  policy: ContainerPolicy;
  expected: ContainerPolicy;
};

function specOf(role: ContainerSpec['role'], policy: ContainerPolicy, ownKernel: boolean): ContainerSpec {
  const command = ['/bin/sh', '/opt/gradeport/agent/start', role];
  const where = { image: 'sha256:abc', runtime: ownKernel ? 'runsc' : 'crun', ownKernel };
  const labels = { 'org.gradeport.instance': 'here', 'org.gradeport.role': role };
  return { role, ...where, command, labels, policy };
}

/** A grading container on crun, whose policy is another one in this. */
export const specWith = (change: Partial<ContainerPolicy> = {}): ContainerSpec =>
  specOf('grading', { ...GRADING_POLICY, ...change }, false);

function row(
  role: ContainerSpec['role'],
  asked: string,
  policy: ContainerPolicy,
  expected: ContainerPolicy,
  ownKernel = false,
): PolicyRow {
  return { title: `${role}: ${asked}`, spec: specOf(role, policy, ownKernel), policy, expected };
}

const grading = (
  asked: string,
  where: Partial<PolicyCircumstances>,
  differs: Partial<ContainerPolicy>,
  from: Partial<Parameters<typeof gradingPolicy>[1]> = {},
): PolicyRow =>
  row(
    'grading',
    asked,
    gradingPolicy({ ...PLAIN, ...where }, { ...GRADING_FROM, ...from }),
    { ...GRADING_POLICY, ...differs },
    where.ownKernel,
  );
const student = (
  asked: string,
  where: Partial<PolicyCircumstances>,
  differs: Partial<ContainerPolicy>,
  from: Partial<Parameters<typeof studentPolicy>[1]> = {},
): PolicyRow =>
  row(
    'student',
    asked,
    studentPolicy({ ...PLAIN, ...where }, { ...STUDENT_FROM, ...from }),
    { ...STUDENT_POLICY, ...differs },
    where.ownKernel,
  );
const compile = (asked: string, ownKernel: boolean, differs: Partial<ContainerPolicy>): PolicyRow =>
  row(
    'compile',
    asked,
    compilePolicy({ ownKernel, limits: LIMITS }, { api: '/api' }),
    {
      ...STUDENT_POLICY,
      memoryFolders: [
        ...STUDENT_POLICY.memoryFolders,
        { target: '/opt/gradeport-compiled', bytes: 16 * MIB, files: 2048 },
      ],
      mounts: [API],
      ...differs,
    },
    ownKernel,
  );

export const POLICY_TABLE: readonly PolicyRow[] = [
  grading('nothing more', {}, {}),
  grading('a kernel of its own', { ownKernel: true }, OWN_KERNEL),
  grading('need_root, on a kernel of its own', { ownKernel: true, asRoot: true }, ROOT_OF_ITS_KERNEL),
  grading('need_root, on the kernel of the machine', { asRoot: true }, { rootProgram: true }),
  grading('need_gpu', { gpu: true }, { gpu: true }),
  grading('a network', { network: true }, { network: true, mounts: [API, ...TASK] }),
  grading('a compiled API', {}, { mounts: [API, COMPILED, HOSTS, ...TASK] }, { compiled: '/data/compiled' }),
  grading(
    'a course with a common folder',
    {},
    { mounts: [API, HOSTS, ...TASK, readOnly('/courses/c/common', '/course/common')] },
    { common: '/courses/c/common' },
  ),
  grading(
    'an image without links to our commands',
    {},
    { mounts: [API, HOSTS, ...TASK, FEEDBACK] },
    { commands: [FEEDBACK] },
  ),
  student('nothing more', {}, {}),
  student('a user of its slot', { programUser: 1_900_000_000 }, { programUser: 1_900_000_000 }),
  student('a kernel of its own', { ownKernel: true }, OWN_KERNEL),
  student('need_root, on a kernel of its own', { ownKernel: true, asRoot: true }, ROOT_OF_ITS_KERNEL),
  student('need_root, on the kernel of the machine', { asRoot: true }, { rootProgram: true }),
  student('need_gpu', { gpu: true }, { gpu: true }),
  student('the network of its grader', { network: true }, { network: true, mounts: [API, STUDENT] }),
  student('a compiled API', {}, { mounts: [API, COMPILED, HOSTS, STUDENT] }, { compiled: '/data/compiled' }),
  student(
    'a course with a common folder',
    {},
    { mounts: [API, HOSTS, STUDENT, readOnly('/courses/c/common/student', '/course/common/student')] },
    { common: '/courses/c/common/student' },
  ),
  compile('nothing more', false, {}),
  compile('a kernel of its own', true, OWN_KERNEL),
];
