/**
 * Mounts and unmounts through one small shell that waits for work. To start a program, Node forks itself, which
 * takes 4 to 20 ms of processor time, depending on its size, and blocks meanwhile; a shell needs one.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Three lines in: "mount", options, folder; "show", the student folder and an empty one; or "unmount" and two folders, the second perhaps empty.
 * One line out: status, and what the program said. -n -i: neither a table in /etc nor a helper program is asked.
 */
const SHELL = `
trap '' INT TERM
while IFS= read -r what && IFS= read -r first && IFS= read -r second; do
  case $what in
    mount) said=$(mount -n -i -t tmpfs -o "$first" gradeport "$second" 2>&1) ;;
    show) said=$(mount -n -i --bind -o nosymfollow,nosuid,nodev "$first" "$second" 2>&1 &&
      mount -n -i --bind "$second" "$first/../task/student" 2>&1 && umount -n -i "$second" 2>&1) ;;
    unmount) said=$(umount -n -i -l "$first" \${second:+"$second"} 2>&1) ;;
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

/**
 * Shows a run's folder student in task/student beside it, where no link is followed (mount(2), MS_NOSYMFOLLOW; since Linux
 * 5.10): programs get ELOOP. By way of another place, because the option is set after the first mount, in this mount
 * namespace only; in that of an engine the second mount begins with it.
 * @param by an empty folder
 */
export const showWithoutLinks = (student: string, by: string): Promise<void> => ask('show', student, by);

/** Unmounts at once, also while a program holds it open; the kernel finishes when the program lets go. */
export const unmount = (folder: string, another = ''): Promise<void> => ask('unmount', folder, another);

function ask(...words: [what: 'mount' | 'show' | 'unmount', first: string, second: string]): Promise<void> {
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
