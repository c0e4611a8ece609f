/**
 * Mounts and unmounts through one small shell that waits for work. To start a program, Node forks itself, which
 * takes 4 to 20 ms of processor time, depending on its size, and blocks meanwhile; a shell needs one.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Four lines in: "mount", options, folder; "all" and a table; or "unmount" and three folders, the latter two perhaps empty.
 * One line out: status, and what the program said. -n -i: neither a table in /etc nor a helper program is asked.
 */
const SHELL = `
trap '' INT TERM
while IFS= read -r what && IFS= read -r first && IFS= read -r second && IFS= read -r third; do
  case $what in
    mount) said=$(mount -n -i -t tmpfs -o "$first" gradeport "$second" 2>&1) ;;
    all) said=$(mount -n -i -a -T "$first" 2>&1) ;;
    unmount) said=$(umount -n -i -l "$first" \${second:+"$second"} \${third:+"$third"} 2>&1) ;;
  esac
  code=$?
  echo $code $said
done
`;

type Waiting = { resolve(): void; reject(error: Error): void };
type Shell = { child: ChildProcessWithoutNullStreams; waiting: Waiting[] };

let shell: Shell | null = null;

/** @param options of mount(8) for tmpfs, such as "size=1000" */
export const mountMemory = (folder: string, options: string): Promise<void> => ask('mount', options, folder);

/** Mounts what a table says, fstab(5), in its order: one program for all. */
export const mountTable = (path: string): Promise<void> => ask('all', path);

/** Unmounts at once, also while a program holds it open; the kernel finishes when the program lets go. */
export const unmount = (...folders: [string, string?, string?]): Promise<void> => ask('unmount', ...folders);

function ask(what: 'mount' | 'all' | 'unmount', first: string, second = '', third = ''): Promise<void> {
  const words = [what, first, second, third];
  if (words.join('').includes('\n'))
    throw new Error(`A folder with a line break in its name: ${words.join(' ')}`);
  const { child, waiting } = openShell();
  return new Promise((resolve, reject) => {
    waiting.push({ resolve, reject });
    keepAlive(child, true);
    child.stdin.write(`${words.join('\n')}\n`);
  });
}

function openShell(): Shell {
  if (shell) return shell;
  // Its stdin closes with this process, however that ends; then the shell ends, too.
  const child = spawn('/bin/sh', ['-c', SHELL], { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' });
  const opened: Shell = { child, waiting: [] };
  createInterface(child.stdout).on('line', (line) => {
    const next = opened.waiting.shift();
    if (opened.waiting.length === 0) keepAlive(child, false);
    if (line.startsWith('0')) next?.resolve();
    else next?.reject(new Error(line.replace(/^\d+ /, '')));
  });
  const gone = () => {
    if (shell === opened) shell = null;
    for (const { reject } of opened.waiting.splice(0)) reject(new Error('The shell that mounts ended.'));
  };
  child.on('error', gone);
  child.on('exit', gone);
  // We wrote while it ended: "exit" has the better reason.
  child.stdin.on('error', () => {});
  child.stderr.resume();
  shell = opened;
  return opened;
}

/** Only work in progress holds up the end of this process. */
function keepAlive(child: ChildProcessWithoutNullStreams, yes: boolean): void {
  for (const one of [child, child.stdin, child.stdout, child.stderr]) {
    // The streams of a child are sockets, which their type does not say.
    const refs = one as unknown as { ref?(): void; unref?(): void };
    if (yes) refs.ref?.();
    else refs.unref?.();
  }
}
