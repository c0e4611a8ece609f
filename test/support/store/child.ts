/** Starts a small TypeScript program beside the tests as a process of its own and talks to it by lines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export type Child = {
  process: ChildProcess;
  /** The next line of its output; null when it has ended. */
  line(): Promise<string | null>;
  say(line: string): void;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
};

export function startChild(file: string, ...args: string[]): Child {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  return {
    process: child,
    kill,
    line: async () => {
      const next = await lines.next();
      return next.done ? null : next.value;
    },
    say: (line) => child.stdin.write(`${line}\n`),
  };
}
