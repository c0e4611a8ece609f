/**
 * A mount namespace of our own, held open by a process that ends with us: what is mounted in it is gone then, however
 * we ended. The v2 tree of a machine with both kinds of cgroups is not in it: crun refuses to work beside one.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Holder = {
  /** The words in front of a command that is to run in the namespace. */
  prefix: readonly [string, string, string];
  /** The path by which this process sees a file of the namespace. */
  seen(path: string): string;
  /** Runs a command in the namespace; fails with what the command said. */
  run(command: string, args: readonly string[]): Promise<void>;
  close(): void;
};

const HOLD = 'umount /sys/fs/cgroup/unified 2>/dev/null; echo ready; exec cat';

export async function openHolder(): Promise<Holder> {
  // Mounts that we make later (of workspaces) appear in it; its own mounts do not appear outside. It has a session of
  // its own: Ctrl-C must reach only us, and it ends when we are done.
  const child = spawn('unshare', ['--mount', '--propagation', 'slave', 'sh', '-c', HOLD], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  await ready(child);
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref?(): void }).unref?.();
  const prefix = ['nsenter', `--mount=/proc/${child.pid}/ns/mnt`, '--'] as const;
  return {
    prefix,
    seen: (path) => `/proc/${child.pid}/root${path}`,
    async run(command, args) {
      const [program, ...rest] = prefix;
      await run(program, [...rest, command, ...args]);
    },
    close: () => void child.stdin?.end(),
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('no mount namespace of our own: unshare ended')));
    child.stdout?.once('data', () => resolve());
    child.stdin?.on('error', () => {});
  });
}
