/**
 * Starts programs through the holder's shell. To start one, Node copies itself: 4 to 20 ms of processor time in which it
 * serves no one. A shell takes one. The standard streams are FIFOs, which lose their names once both sides have them open.
 * Whatever moment this process dies at, its ends close: the program reads the end of its stdin, and the shell ends.
 */
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** The shell of a mount namespace: takes orders on its stdin, and reports with lines. */
export type OrderShell = {
  send(text: string): void;
  listen(hear: (line: string) => void, gone: () => void): void;
  /** Whether this process waits for it, and so may not end. */
  keepAlive(yes: boolean): void;
};

/**
 * Each program has a session of its own, and a mount namespace in which its table is mounted first: fstab(5), so that all
 * mounts are one program. $0 is its key.
 */
const RUN = `
echo "pid $0 $$" >&3
mount -n -a -T "$1" && shift && "$@" 3>&-
echo "ended $0 $?" >&3
`;

/**
 * An order is a line "what key count", and so many lines with a word each. A FIFO that is opened for reading and writing
 * never blocks (fifo(7)); it is open so only until it is open in one way as well. "setsid -f" and not "&", with which a
 * program would ignore SIGINT.
 */
export const SHELL = `
while read -r what key count; do
  set --
  while [ "$count" -gt 0 ]; do
    IFS= read -r word || exit
    set -- "$@" "$word"
    count=$((count - 1))
  done
  case $what in
    make) mkfifo -m 600 "$@" ;;
    start)
      fifo=$1
      shift
      setsid -f unshare --mount -- sh -c '${RUN}' "$key" "$@" 3>&1 \\
        4<>"$fifo.in" 5<>"$fifo.out" 6<>"$fifo.err" \\
        <"$fifo.in" >"$fifo.out" 2>"$fifo.err" 4>&- 5>&- 6>&- ;;
  esac
  echo "done $key $?"
done
`;

export type Launched = {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** The exit status, once its streams are closed; null: it is not known, because something killed what waits for it. */
  ended: Promise<number | null>;
  /** Ends what was started, and what waits for it. */
  kill(): void;
};

export type Launcher = {
  /** @param table the path of a table of mounts */
  start(table: string, program: readonly string[]): Promise<Launched>;
};

const FIFOS_AT_ONCE = 8;
/** The last line of a program may come a little after the end of its streams. */
const LAST_LINE_MS = 2000;

/** @param folder made here, for FIFOs */
export function createLauncher(shell: OrderShell, folder: string): Launcher {
  mkdirSync(folder, { mode: 0o700 });
  const reports = createReports(shell);
  let programs = 0;
  let made = 0;
  const free: string[] = [];
  let making: Promise<void> | null = null;

  async function order(what: string, key: string, words: readonly string[]): Promise<void> {
    if (words.some((word) => /[\n\0]/.test(word)))
      throw new Error(`A line break in what is to be started: ${words.join(' ')}`);
    const done = reports.next('done', key);
    shell.send([`${what} ${key} ${words.length}`, ...words, ''].join('\n'));
    const status = await done;
    if (status !== 0)
      throw new Error(`The shell that starts containers could not: ${what}, status ${status}.`);
  }

  async function makeFifos(): Promise<void> {
    const paths = Array.from({ length: FIFOS_AT_ONCE }, (_, index) => join(folder, String(made + index)));
    made += FIFOS_AT_ONCE;
    await order('make', `fifos-${made}`, paths.flatMap(endsOf));
    free.push(...paths);
  }

  async function takeFifos(): Promise<string> {
    for (;;) {
      const path = free.pop();
      if (path !== undefined) return path;
      making ??= makeFifos().finally(() => {
        making = null;
      });
      await making;
    }
  }

  return {
    async start(table, program) {
      programs += 1;
      const key = String(programs);
      const fifo = await takeFifos();
      const ends = openEnds(fifo);
      const status = reports.next('ended', key);
      const pid = reports.next('pid', key);
      try {
        await order('start', key, [fifo, table, ...program]);
      } catch (error) {
        for (const fd of [ends.stdin, ends.stdout, ends.stderr]) closeSync(fd);
        reports.forget(key);
        throw error;
      } finally {
        for (const fd of ends.keepers) closeSync(fd);
        for (const path of endsOf(fifo)) rmSync(path, { force: true });
      }
      return launched(ends, { status, pid, forget: () => reports.forget(key) });
    },
  };
}

const endsOf = (fifo: string): string[] => [`${fifo}.in`, `${fifo}.out`, `${fifo}.err`];

/** keepers: the other sides, until the program has them; without them, our side would be at its end already. */
type Ends = { stdin: number; stdout: number; stderr: number; keepers: number[] };

function openEnds(fifo: string): Ends {
  const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;
  const [stdin, stdout, stderr] = endsOf(fifo).map((path, index) => ({
    keeper: openSync(path, O_RDWR | O_NONBLOCK),
    ours: openSync(path, (index === 0 ? O_WRONLY : O_RDONLY) | O_NONBLOCK),
  })) as [End, End, End];
  const keepers = [stdin.keeper, stdout.keeper, stderr.keeper];
  return { stdin: stdin.ours, stdout: stdout.ours, stderr: stderr.ours, keepers };
}
type End = { keeper: number; ours: number };

type Reported = { status: Promise<number | null>; pid: Promise<number | null>; forget(): void };

function launched(
  { stdin: into, stdout: out, stderr: err }: Ends,
  { status, pid, forget }: Reported,
): Launched {
  const stdin = new Socket({ fd: into, readable: false, writable: true });
  const stdout = new Socket({ fd: out, readable: true, writable: false });
  const stderr = new Socket({ fd: err, readable: true, writable: false });
  const closed = (stream: Socket) =>
    new Promise<void>((resolve) => void stream.on('error', () => {}).once('close', () => resolve()));
  // The program ended, so unsent bytes do not matter.
  stdin.on('error', () => {});
  // A runtime may be killed and leave its container, which ends with its stdin.
  void status.then((code) => code !== null && stdin.destroy());
  const ended = Promise.all([closed(stdout), closed(stderr)]).then(async () => {
    const code = await Promise.race([status, pause(LAST_LINE_MS, null, { ref: false })]);
    stdin.destroy();
    forget();
    return code;
  });
  const kill = async () => {
    const leader = await pid;
    try {
      if (leader !== null) process.kill(-leader, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  return { stdin, stdout, stderr, ended, kill: () => void kill() };
}

/** Lines of the shell and of what it started: what, key, number. */
function createReports(shell: OrderShell) {
  const waiting = new Map<string, (value: number | null) => void>();
  const settle = (name: string, value: number | null) => {
    waiting.get(name)?.(value);
    waiting.delete(name);
    if (waiting.size === 0) shell.keepAlive(false);
  };
  shell.listen(
    (line) => {
      const [what, key, value] = line.split(' ');
      settle(`${what} ${key}`, Number(value));
    },
    () => {
      for (const name of [...waiting.keys()]) settle(name, null);
    },
  );
  return {
    /** null: the shell has ended, or no one waits for it any more. */
    next(what: string, key: string): Promise<number | null> {
      shell.keepAlive(true);
      return new Promise((resolve) => void waiting.set(`${what} ${key}`, resolve));
    },
    forget(key: string): void {
      for (const what of ['pid', 'ended']) settle(`${what} ${key}`, null);
    },
  };
}
