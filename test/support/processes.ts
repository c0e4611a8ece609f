/** The real program in processes of its own: the command line, and a server that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { forgetImages } from './forget-images.ts';
import { storeUrlOf } from './store/store-url.ts';

const BIN = join(PROJECT_FOLDER, 'bin/gradeport.mjs');

export type CliResult = { code: number | null; stdout: string; stderr: string };

type CliOptions = {
  stdin?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** Sends it what Ctrl-C sends. */
  interrupt?: AbortSignal;
};

export const start = (args: readonly string[], { env, cwd }: CliOptions): ChildProcess =>
  spawn(process.execPath, [BIN, ...args], {
    env: { ...process.env, NO_COLOR: '1', GRADEPORT_TEST_FIRST: 'no', ...storeOf(args), ...env },
    ...(cwd ? { cwd } : {}),
  });

/** The store of the data folder that a command names. */
function storeOf(args: readonly string[]): Record<string, string> {
  const folder = args[args.indexOf('--data') + 1];
  const store = args.includes('--data') && folder !== undefined ? storeUrlOf(folder) : null;
  return store === null ? {} : { GRADEPORT_STORE: store };
}

export function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = start(args, options);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  child.stdin?.end(options.stdin ?? '');
  options.interrupt?.addEventListener('abort', () => child.kill('SIGINT'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: stdout(), stderr: stderr() }));
  });
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (chunk) => {
    text += String(chunk);
  });
  return () => text;
}

export type ServerProcess = {
  url: string;
  pid: number;
  /** What it said so far, on stderr. */
  talk(): string;
  /** Ends it and waits until it is gone; the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** When a test fails in the middle, nothing goes on running. */
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * Settles when the server says its address; fails with what it said when it ends before.
 * @param args with --data: what that installation kept in the engine goes with the server
 */
export function serve(args: readonly string[], options: CliOptions = {}): Promise<ServerProcess> {
  const child = start(['serve', ...args], options);
  const talk = collect(child.stderr);
  const gone = new Promise<number | null>((resolve) => child.once('close', resolve));
  return new Promise((resolve, reject) => {
    void gone.then((code) => reject(new Error(`the server ended with ${code}: ${talk()}`)));
    child.stderr?.on('data', () => {
      const url = /ready: (http\S+)/.exec(talk())?.[1];
      if (!url || child.pid === undefined) return;
      resolve({
        url,
        pid: child.pid,
        talk,
        end: (signal) => {
          child.kill(signal);
          return gone;
        },
        async [Symbol.asyncDispose]() {
          child.kill('SIGTERM');
          await gone;
          await forgetImages(args[args.indexOf('--data') + 1] ?? '');
        },
      });
    });
  });
}
