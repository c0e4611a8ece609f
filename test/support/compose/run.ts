/** Runs a program to its end, for tests of what is deployed. */
import { execFile } from 'node:child_process';

export type Ran = { code: number; stdout: string; stderr: string };

const MOST_BYTES = 64 * 2 ** 20;

export function tryRun(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, args, { ...options, maxBuffer: MOST_BYTES }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr: error && !stderr ? error.message : stderr });
    });
  });
}

/** @returns stdout; fails with all output */
export async function mustRun(...of: Parameters<typeof tryRun>): Promise<string> {
  const { code, stdout, stderr } = await tryRun(...of);
  if (code === 0) return stdout;
  throw new Error(
    `"${of[0]} ${of[1].join(' ')}" ended with ${code}:\n${stdout.slice(-4000)}\n${stderr.slice(-8000)}`,
  );
}
