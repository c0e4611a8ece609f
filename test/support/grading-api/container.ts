/**
 * Starts an agent the way a worker does, without a worker: in namespaces of this machine that look like our
 * containers (uid 0 with SETUID, SETGID and KILL only, PID 1, read-only root), or, when the variable
 * GRADEPORT_TEST_RUNTIME names one, in a real container of that runtime.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const API_FOLDER = fileURLToPath(new URL('../../../grading-api', import.meta.url));
const TMPFS = ['/tmp', '/.__input', '/.__output', '/archive', '/run/gradeport'];

export type Role = 'grading' | 'student';
export type TaskFile = { content: string | Buffer; mode?: number };
/** The folders of one slot on the host: /task and /task/student. */
export type Slot = { root: string } & AsyncDisposable;

/** A slot with the task's files, all of them open to everybody as the worker leaves them. */
export async function makeSlot(files: Record<string, TaskFile | string> = {}): Promise<Slot> {
  const root = await mkdtemp(join(tmpdir(), 'gradeport-agent-'));
  await chmod(root, 0o755);
  await openFolder(join(root, 'task'));
  await openFolder(join(root, 'task/student'));
  await openFolder(join(root, 'student'));
  await writeFile(join(root, 'passwd'), 'root:x:0:0::/root:/bin/sh\nworker:x:4242:4242::/task:/bin/bash\n');
  for (const [name, file] of Object.entries(files)) {
    const { content, mode = 0o777 } = typeof file === 'string' ? { content: file } : file;
    const path = join(root, name.startsWith('student/') ? name : `task/${name}`);
    await openFolder(dirname(path));
    await writeFile(path, content);
    await chmod(path, mode);
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

/** The first process of a new container, with the role's mounts. */
export function startContainer(role: Role, slot: Slot): ChildProcessWithoutNullStreams {
  const runtime = process.env['GRADEPORT_TEST_RUNTIME'];
  const [program, ...args] = runtime ? dockerRun(runtime, role, slot) : ['sh', '-c', namespaces(role, slot)];
  const more = process.env['GRADEPORT_TEST_PATH']; // say /usr/local/python3.7/bin: the agent on another Python
  return spawn(program as string, args, {
    env: { PATH: `${more ? `${more}:` : ''}/usr/sbin:/usr/bin:/sbin:/bin` },
  });
}

async function openFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o777);
}

function binds(role: Role, slot: Slot): [string, string, 'rw' | 'ro'][] {
  const student: [string, string, 'rw'] = [join(slot.root, 'student'), '/task/student', 'rw'];
  const api: [string, string, 'ro'] = [API_FOLDER, '/opt/gradeport', 'ro'];
  return role === 'grading' ? [api, [join(slot.root, 'task'), '/task', 'rw'], student] : [api, student];
}

function dockerRun(runtime: string, role: Role, slot: Slot): string[] {
  const mounts = binds(role, slot).flatMap(([from, to, mode]) => ['-v', `${from}:${to}:${mode}`]);
  const folders = role === 'grading' ? TMPFS : ['/tmp'];
  const tmpfs = folders.flatMap((path) => ['--tmpfs', `${path}:mode=1777,size=64m,exec`]);
  const rights = ['SETUID', 'SETGID', 'KILL'].flatMap((name) => ['--cap-add', name]);
  return [
    'docker',
    'run',
    '--rm',
    '-i',
    '--init=false',
    '--runtime',
    runtime,
    '--network',
    'none',
    '--read-only',
  ]
    .concat(['--user', '0:0', '--cap-drop', 'ALL', ...rights, '--security-opt', 'no-new-privileges'])
    .concat([...tmpfs, ...mounts, '--entrypoint', '/bin/sh', 'gradeport/base'])
    .concat(['/opt/gradeport/agent/start', role]);
}

/** The same by hand: a root folder of bind mounts in a mount namespace, the agent as PID 1 of a PID namespace. */
function namespaces(role: Role, slot: Slot): string {
  const root = join(slot.root, `${role}-root`);
  const lines = [
    'set -e',
    'mount --make-rprivate /',
    `mkdir -p ${root}`,
    `mount -t tmpfs -o mode=755 root ${root}`,
  ];
  const folders = ['/proc', '/dev', ...(role === 'grading' ? TMPFS : ['/tmp'])];
  const targets = [...folders, '/task/student', '/opt/gradeport'].map((path) => root + path);
  lines.push(`mkdir -p ${targets.join(' ')}`);
  lines.push(`for d in usr bin sbin lib lib64 etc; do [ -e /$d ] || continue; if [ -L /$d ];
    then cp -P /$d ${root}/; else mkdir ${root}/$d; mount --bind /$d ${root}/$d; fi; done`);
  lines.push(`mount -t proc proc ${root}/proc`, `mount --rbind /dev ${root}/dev`);
  for (const path of folders.slice(2)) lines.push(`mount -t tmpfs -o mode=1777,size=64m tmp ${root}${path}`);
  for (const [from, to, mode] of binds(role, slot)) {
    lines.push(`mount --bind ${from} ${root}${to}`);
    if (mode === 'ro') lines.push(`mount -o remount,ro,bind ${root}${to}`);
  }
  lines.push(`mount --bind ${join(slot.root, 'passwd')} ${root}/etc/passwd`, `mount -o remount,ro ${root}`);
  lines.push(`exec chroot ${root} setpriv --bounding-set=-all,+setuid,+setgid,+kill --inh-caps=-all --no-new-privs \\
    /bin/sh /opt/gradeport/agent/start ${role}`);
  const script = lines.join('\n').replaceAll("'", "'\\''");
  return `exec unshare --mount --pid --ipc --net --fork --kill-child sh -c '${script}'`;
}
