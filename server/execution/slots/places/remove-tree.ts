/**
 * Removes a folder in which a container may have written. Node's own rm() builds whole paths, which end at PATH_MAX; a
 * program can make a tree that is deeper. Linux' rm(1) goes from folder to folder, and does not leave the file system.
 * Elsewhere no container sees our folders.
 */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is not removed by then is removed by the next start: nothing waits longer for it. */
const LONGEST_MS = 30_000;

/** @returns why something of it is still there; null: it is gone. Never fails. */
export async function removeTree(folder: string): Promise<string | null> {
  try {
    if (process.platform !== 'linux') await rm(folder, { recursive: true, force: true });
    else await run('rm', ['-rf', '--one-file-system', '--', folder], { timeout: LONGEST_MS, env: ENGLISH });
    return null;
  } catch (error) {
    return whyNot(error);
  }
}

const ENGLISH = { PATH: process.env['PATH'], LC_ALL: 'C' };
const MOST_CHARACTERS = 300;

/** The first words say enough; a name in it may be thousands of characters long. */
const whyNot = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, MOST_CHARACTERS);
