/** Copies a folder of course files: its own content, never files elsewhere that a link leads to. */
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readlink, realpath, symlink } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';

export type Copied = {
  files: number;
  /** Paths that were left out, each with the reason. */
  left: { path: string; reason: string }[];
};

/** Grading does not need a course's history, which may be larger than all the rest. */
const LEFT_OUT = new Set(['.git']);

/** @param to must not exist yet */
export async function copyCourse(from: string, to: string, onFile: (files: number) => void): Promise<Copied> {
  const root = await realpath(from);
  const copied: Copied = { files: 0, left: [] };
  const leave = (path: string, reason: string) => copied.left.push({ path: relative(root, path), reason });

  async function copyFolder(source: string, target: string): Promise<void> {
    await mkdir(target);
    for (const entry of await readdir(source, { withFileTypes: true })) {
      const [path, place] = [join(source, entry.name), join(target, entry.name)];
      if (LEFT_OUT.has(entry.name)) continue;
      if (entry.isDirectory()) await copyFolder(path, place);
      else if (entry.isSymbolicLink()) await copyLink(path, place);
      else if (entry.isFile()) {
        await copyFile(path, place, constants.COPYFILE_EXCL);
        copied.files += 1;
        onFile(copied.files);
      } else leave(path, 'it is neither a file nor a folder');
    }
  }

  /** Copies the link as a link if its target is inside the course and will be the same in the copy. */
  async function copyLink(path: string, place: string): Promise<void> {
    const leadsTo = await readlink(path);
    // The system resolves the path: its words alone do not say where a link through another link leads.
    const real = await realpath(path).catch(() => null);
    if (real === null) leave(path, 'the link leads nowhere');
    else if (isAbsolute(leadsTo) || !`${real}${sep}`.startsWith(root + sep))
      leave(path, 'the link leads out of the course');
    else await symlink(leadsTo, place);
  }

  await copyFolder(root, to);
  return copied;
}
