/** A program with a folder of its own; both go when the test process ends, however it ends. */
import { type ChildProcess, spawn } from 'node:child_process';

export type Command = {
  program: string;
  args: readonly string[];
  /** Shell words that end what the program started elsewhere, such as a container; empty: nothing. */
  end: string;
};

export type KeptProcess = {
  /** Resolves to the match once the output has it; rejects when the program ends first or takes too long. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** kill -9; resolves when the program and its watcher are gone. */
  kill(): Promise<void>;
};

// The watcher reads a pipe that closes with the test process. $$ stays the id of the program, which replaces the shell.
// A process that was just killed may still be making a file, until the last of its threads is gone.
const KEEP = `
folder=$1 end=$2
shift 2
exec 3<&0 </dev/null
{
  cat <&3; kill -9 $$; eval "$end" 2>/dev/null
  while grep -qs '^State:[[:space:]]*[^XZ]' /proc/$$/task/*/status; do sleep 0.05; done
  rm -rf -- "$folder"
} >/dev/null &
exec 3<&- "$@"
`;
const READY_MS = 60_000;
const KEPT_CHARACTERS = 8000;

export function startKept(folder: string, { program, args, end }: Command): KeptProcess {
  // A process group of its own: its watcher is killed with it, and Ctrl-C reaches the test process alone.
  const child = spawn('sh', ['-c', KEEP, 'keep', folder, end, program, ...args], { detached: true });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('exit', () => killGroup(child));
  return {
    says: (pattern) => outputOf(child, pattern, program),
    kill: () => {
      killGroup(child);
      return gone;
    },
  };
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of them are gone.
  }
}

function outputOf(child: ChildProcess, pattern: RegExp, program: string): Promise<RegExpExecArray> {
  const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
  let text = '';
  const fail = (what: string) => reject(new Error(`${program} ${what}; its output: ${text}`));
  const timer = setTimeout(() => fail(`is not ready after ${READY_MS} ms`), READY_MS);
  for (const stream of [child.stdout, child.stderr]) {
    // Read to the end: a program whose output is not read stops when the pipe is full.
    stream?.on('data', (chunk) => {
      text = (text + String(chunk)).slice(-KEPT_CHARACTERS);
      const match = pattern.exec(text);
      if (match) resolve(match);
    });
  }
  child.once('close', () => fail('ended'));
  return promise.finally(() => clearTimeout(timer));
}
