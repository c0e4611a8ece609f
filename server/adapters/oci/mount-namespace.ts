/**
 * A mount namespace of our own, held open by a process that ends with us: what is mounted in it is gone then, however
 * we ended. The v2 tree of a machine with both kinds of cgroups is not in it: crun refuses to work beside one.
 */
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { type OrderShell, SHELL } from './launcher.ts';

const run = promisify(execFile);

export type Holder = {
  /** Starts programs in the namespace; see launcher.ts. */
  shell: OrderShell;
  /** The path by which this process sees a file of the namespace. */
  seen(path: string): string;
  /** Runs a command in the namespace; fails with what the command said. */
  run(command: string, args: readonly string[]): Promise<void>;
  close(): void;
};

const HOLD = `umount /sys/fs/cgroup/unified 2>/dev/null; echo ready; ${SHELL}`;

export async function openHolder(): Promise<Holder> {
  // Mounts that we make later (of workspaces) appear in it; its own mounts do not appear outside. It has a session of
  // its own: Ctrl-C must reach only us, and it ends when we are done.
  const child = spawn('unshare', ['--mount', '--propagation', 'slave', 'sh', '-c', HOLD], {
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: '/',
    // None of our variables: they may hold secrets of the configuration.
    env: { PATH: process.env['PATH'] },
    detached: true,
  });
  const shell = shellOf(child, child.stdout);
  await shell.ready;
  shell.keepAlive(false);
  const prefix = ['nsenter', `--mount=/proc/${child.pid}/ns/mnt`, '--'] as const;
  return {
    shell,
    seen: (path) => `/proc/${child.pid}/root${path}`,
    async run(command, args) {
      const [program, ...rest] = prefix;
      await run(program, [...rest, command, ...args]);
    },
    close: () => void child.stdin.end(),
  };
}

type Child = ReturnType<typeof spawn> & { stdin: Writable };

/** Its first line says that it is ready. */
function shellOf(child: Child, stdout: Readable): OrderShell & { ready: Promise<void> } {
  const ready = Promise.withResolvers<void>();
  let hear = (_line: string) => ready.resolve();
  let gone = () => {};
  let isGone = false;
  createInterface(stdout).on('line', (line) => hear(line));
  child.once('error', ready.reject);
  child.once('exit', () => {
    isGone = true;
    ready.reject(new Error('no mount namespace of our own: unshare ended'));
    gone();
  });
  // We wrote while it ended: "exit" has the better reason.
  child.stdin.on('error', () => {});
  return {
    ready: ready.promise,
    send: (text) => (isGone ? gone() : void child.stdin.write(text)),
    listen(heard, whenGone) {
      hear = heard;
      gone = whenGone;
    },
    keepAlive(yes) {
      for (const one of [child, child.stdin, stdout]) {
        // The streams of a child are sockets, which their type does not say.
        const refs = one as unknown as { ref?(): void; unref?(): void };
        if (yes) refs.ref?.();
        else refs.unref?.();
      }
    },
  };
}
