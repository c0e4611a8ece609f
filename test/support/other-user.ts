/**
 * Runs programs as a user without rights, as most people are on their laptops. Only root may become another user; a
 * person who runs the tests without root is such a user already.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { reachingCheckout } from './reaching-checkout.ts';

/** In no list of users, as in a container that was given a number: nothing may depend on a name. */
const USER = 47_114;

const isRoot = process.getuid?.() === 0;

/** The id that programs run with which `asUser` starts. */
export const userId = (): number => (isRoot ? USER : (process.getuid?.() ?? 0));

/** @param socket of an engine: its group is the user's, as `usermod -aG docker` makes it */
export function asUser(
  command: readonly string[],
  { env, cwd, socket }: { env: Record<string, string>; cwd?: string; socket?: string },
): ChildProcess {
  const group = socket === undefined ? null : statSync(socket).gid;
  // The group of root is no group of a user.
  const groups = group === null || group === 0 ? ['--clear-groups'] : [`--groups=${group}`];
  const become = isRoot
    ? ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, ...groups, '--inh-caps=-all']
    : [];
  const [program = '', ...args] = reachingCheckout([...become, ...command]);
  return spawn(program, args, { env: { ...process.env, NO_COLOR: '1', ...env }, ...(cwd && { cwd }) });
}

export type Said = { code: number | null; stdout: string; stderr: string };

export function saidBy(child: ChildProcess): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  child.stdin?.end();
  child.stdout?.on('data', (chunk) => {
    said.stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    said.stderr += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...said }));
  });
}

/**
 * A folder of that user, whose parents let the user pass.
 * @param gone is given what removes it
 */
export function folderOfUser(name = 'home', gone: (remove: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'gp-user-'));
  gone(() => rmSync(folder, { recursive: true, force: true }));
  const own = join(folder, name);
  mkdirSync(own);
  if (isRoot) {
    for (const place of [tmpdir(), folder]) chmodSync(place, statSync(place).mode | 0o011);
    chownSync(own, USER, USER);
  }
  return own;
}
