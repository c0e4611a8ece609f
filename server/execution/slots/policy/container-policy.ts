/**
 * What each role may do, decided only here: one pure function per role, so that one table can show what a student's
 * program is and is not allowed to do. Measured behaviour behind each choice: docs/security.md.
 */
import { AGENT_FOLDER, COMPILED_FOLDER } from '../../../../grading-api/paths.ts';
import type { ContainerPolicy, MemoryFolder, Mount, Source } from '../../../ports/engine/container-policy.ts';
import type { Limits } from '../../../rules/limits.ts';

const MIB = 2 ** 20;

/**
 * What Gradeport's part of a container needs is added to the limit, which is for the program: our agent, and beside it
 * gVisor's own kernel, which lives in the same memory cgroup and without this room dies before the program does.
 */
const AGENT_MEMORY = 32 * MIB;
const OWN_KERNEL_MEMORY = 192 * MIB;
/** gVisor's host threads; programs inside are bounded by nproc instead. */
const OWN_KERNEL_PROCESSES = 1024;

/** Where the container is placed, and what its task and environment may have there. */
export type PolicyCircumstances = {
  /** Whether the runtime is gVisor-like: it needs room of its own and counts host threads as processes. */
  ownKernel: boolean;
  /** Whether the program inside is root (only on runtimes with a kernel of their own). */
  asRoot: boolean;
  gpu: boolean;
  network: boolean;
  /** The slot's own user of this machine; null: it has none. */
  programUser: number | null;
  limits: Pick<Limits, 'memoryBytes' | 'pids' | 'diskBytes' | 'tmpBytes'>;
};

/** What both containers of a run mount: the grading API, that API compiled, and /etc/hosts. */
type RunSources = { api: Source; compiled: Source | null; hosts: Source | null };
export type GradingSources = RunSources & {
  task: Source;
  /** null: the task's folder has it in it. */
  student: Source | null;
  /** The course's shared folder. */
  common: Source | null;
  /** Our commands where graders name them by path. */
  commands: readonly Mount[];
};
/** @property common the part of the course's shared folder that students may read */
export type StudentSources = RunSources & { student: Source; common: Source | null };
export type CompileSources = { api: Source };

export const readOnly = (source: Source, target: string): Mount => ({
  ...what(source),
  target,
  readOnly: true,
});
const writable = (source: Source, target: string): Mount => ({ ...what(source), target, readOnly: false });
const what = (source: Source) => (typeof source === 'string' ? { source } : source);
const readOnlyIf = (source: Source | null, target: string): Mount[] =>
  source === null ? [] : [readOnly(source, target)];

export const gradingPolicy = (where: PolicyCircumstances, from: GradingSources): ContainerPolicy => ({
  ...everyRole(where),
  memoryFolders: [
    tmp(where.limits),
    { target: '/.__input', bytes: 128 * MIB, files: 256 },
    { target: '/.__output', bytes: 64 * MIB, files: 256 },
    { target: '/archive', bytes: 32 * MIB, files: 4096 },
    { target: '/run/gradeport', bytes: 1 * MIB, files: 64 },
  ],
  mounts: [
    ...runMounts(where, from),
    writable(from.task, '/task'),
    ...studentFolder(from),
    ...readOnlyIf(from.common, '/course/common'),
    ...from.commands,
  ],
});

const studentFolder = ({ task, student }: GradingSources): Mount[] => {
  if (student !== null) return [writable(student, '/task/student')];
  return typeof task === 'string'
    ? [{ source: `${task}/student`, target: '/task/student', readOnly: false, asItIs: true }]
    : [];
};

/** Of the task, a student program sees only /task/student. */
export const studentPolicy = (where: PolicyCircumstances, from: StudentSources): ContainerPolicy => ({
  ...everyRole(where),
  mounts: [
    ...runMounts(where, from),
    writable(from.student, '/task/student'),
    ...readOnlyIf(from.common, '/course/common/student'),
  ],
});

/**
 * Compiles our own code for an image's Python, which is a teacher's and may do anything instead. So the result is written
 * into memory of the container and printed by it: nothing outside is writable for it.
 */
export const compilePolicy = (
  where: Pick<PolicyCircumstances, 'ownKernel' | 'limits'>,
  { api }: CompileSources,
): ContainerPolicy => ({
  ...everyRole({ ...where, asRoot: false, gpu: false, network: false, programUser: null }),
  memoryFolders: [tmp(where.limits), { target: COMPILED_FOLDER, bytes: 16 * MIB, files: 2048 }],
  mounts: [readOnly(api, AGENT_FOLDER)],
});

const runMounts = (
  { network }: Pick<PolicyCircumstances, 'network'>,
  { api, compiled, hosts }: RunSources,
): Mount[] => [
  readOnly(api, AGENT_FOLDER),
  ...readOnlyIf(compiled, COMPILED_FOLDER),
  // With a network the engine writes its own.
  ...readOnlyIf(network ? null : hosts, '/etc/hosts'),
];

/** As many files as there would be at 8 KiB each. */
const TMP_FILE_BYTES = 8192;

/** Toolchains build there what they start: "go run", JNA. It is no more than the student's folder may do. */
const tmp = ({ tmpBytes }: Pick<Limits, 'tmpBytes'>): MemoryFolder => ({
  target: '/tmp',
  bytes: tmpBytes,
  files: Math.max(4096, Math.ceil(tmpBytes / TMP_FILE_BYTES)),
  runs: true,
});

function everyRole(where: PolicyCircumstances): Omit<ContainerPolicy, 'mounts'> {
  const { ownKernel, asRoot, limits } = where;
  // These are capabilities and files of gVisor's kernel, not of the machine's.
  const ownsItsKernel = asRoot && ownKernel;
  return {
    user: { uid: 0, gid: 0 },
    rootProgram: asRoot,
    programUser: asRoot ? null : where.programUser,
    // The agent is root only to become the grader's user and to end what the grader left.
    capabilities: ownsItsKernel ? 'usual' : ['SETUID', 'SETGID', 'KILL'],
    noNewPrivileges: true,
    systemCalls: 'allow-list',
    readOnlyRoot: !ownsItsKernel,
    network: where.network,
    gpu: where.gpu,
    memoryBytes: limits.memoryBytes + (ownKernel ? OWN_KERNEL_MEMORY : AGENT_MEMORY),
    socketBytes: 32 * MIB,
    sharedMemoryBytes: 16 * MIB,
    processes: ownKernel ? OWN_KERNEL_PROCESSES : limits.pids,
    processors: 1,
    oomScoreAdj: 500,
    resourceLimits: {
      nofile: 1024,
      fsize: limits.diskBytes,
      core: 0,
      msgqueue: 0,
      ...(ownKernel && { nproc: limits.pids }),
    },
    memoryFolders: [tmp(limits)],
    maskedPaths: MASKED_PATHS,
    readOnlyPaths: READONLY_PATHS,
  };
}

/** Naming one path replaces Docker's own list, so all are listed. */
const MASKED_PATHS = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
];
/**
 * The container's own control groups: Java takes its heap and its collector after the limits that it reads there, and
 * after the machine's where it sees none. Each version 1 folder is named, because crun leaves the top writable, and
 * makes what is mounted below writable again when only the top is named. What is not there is skipped.
 */
const CGROUPS = [
  ...['blkio', 'cpu', 'cpu,cpuacct', 'cpuacct', 'cpuset', 'devices', 'freezer', 'hugetlb', 'memory', 'misc'],
  ...['net_cls,net_prio', 'net_cls', 'net_prio', 'perf_event', 'pids', 'rdma', 'systemd', 'unified'],
].map((folder) => `/sys/fs/cgroup/${folder}`);
const READONLY_PATHS = [
  ...['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
  ...['/sys/fs/cgroup', ...CGROUPS],
];
