/**
 * Whether containers of this engine see a file system that we mount: the local way needs that. It is tried, with a
 * container that never starts, because names and addresses say nothing about it: an engine may have a machine, or a view
 * of this one, of its own.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { asking, statusOf, unlessGone } from '../docker/errors.ts';
import { idleContainer } from '../docker/volumes/idle-container.ts';

const run = promisify(execFile);
const NAME = 'token';
/** A tar with our file in it is three blocks and their end. */
const MOST_BYTES = 64 * 1024;

/** @returns null: they see it; otherwise why not, as a sentence without its full stop */
export async function whyNotShared(docker: Docker): Promise<string | null> {
  if (process.platform !== 'linux') return 'this system is not Linux';
  if (process.getuid?.() !== 0) return 'only root may mount folders of a limited size';
  const folder = await mkdtemp(join(tmpdir(), 'gradeport-way-'));
  try {
    await run('mount', ['-n', '-i', '-t', 'tmpfs', '-o', 'size=64k,mode=0755', 'gradeport', folder]);
  } catch {
    await rmdir(folder);
    return 'this process may not mount folders';
  }
  try {
    const token = randomUUID();
    await writeFile(join(folder, NAME), token);
    const seen = await seenBy(docker, folder);
    return seen.includes(token) ? null : 'the engine does not see the folders that Gradeport mounts';
  } finally {
    await run('umount', ['-n', '-i', '-l', folder]).catch(() => {});
    await rmdir(folder).catch(() => {});
  }
}

/** What the engine reads at our path, as a tar; empty where there is nothing. */
async function seenBy(docker: Docker, folder: string): Promise<string> {
  try {
    const mount = { Type: 'bind' as const, Source: folder, Target: '/probe', ReadOnly: true };
    const container = await idleContainer(docker, [mount]);
    try {
      const archive = await asking(() => container.getArchive({ path: `/probe/${NAME}` }));
      let text = '';
      for await (const chunk of archive) {
        text += chunk.toString('latin1');
        if (text.length > MOST_BYTES) break;
      }
      return text;
    } finally {
      await unlessGone(() => container.remove({ force: true, v: true }));
    }
  } catch (error) {
    // The engine has no such folder, or nothing in it.
    if (statusOf(error) !== null) return '';
    throw error;
  }
}
