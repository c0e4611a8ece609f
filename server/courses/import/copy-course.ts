/** Copies a folder of course files: its own content, never files elsewhere that a link leads to. */
import { createReadStream, createWriteStream, fstatSync } from 'node:fs';
import { mkdir, realpath, symlink } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GradeportError } from '../../rules/errors.ts';
import { onDisk, shownName } from '../../rules/files/byte-names.ts';
import { type FolderEntry, type OpenFolder, openFolder } from '../../rules/files/open-folder.ts';

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
  const leave = (path: string, reason: string) =>
    copied.left.push({ path: shownName(relative(root, path)), reason });

  async function copyFolder(from: OpenFolder, source: string, target: string): Promise<void> {
    await mkdir(onDisk(target));
    for (const entry of from.entries()) {
      if (!LEFT_OUT.has(entry.name)) await copyEntry(entry, from, source, target);
    }
  }

  async function copyEntry(
    entry: FolderEntry,
    from: OpenFolder,
    source: string,
    target: string,
  ): Promise<void> {
    const { name } = entry;
    const [path, place] = [join(source, name), join(target, name)];
    const leadsTo = entry.isSymbolicLink() ? from.link(name) : null;
    using folder = entry.isDirectory() ? from.folder(name) : null;
    const file = entry.isFile() ? from.file(name) : null;
    if (folder) await copyFolder(folder, path, place);
    else if (leadsTo !== null) await copyLink(leadsTo, path, place);
    else if (file !== null) {
      const mode = fstatSync(file).mode & 0o777;
      await pipeline(
        createReadStream('', { fd: file }),
        createWriteStream(onDisk(place), { flags: 'wx', mode }),
      );
      copied.files += 1;
      onFile(copied.files);
    } else leave(path, 'it is neither a file nor a folder');
  }

  /** Copies the link as a link if its target is inside the course and will be the same in the copy. */
  async function copyLink(leadsTo: string, path: string, place: string): Promise<void> {
    // The system resolves the path: its words alone do not say where a link through another link leads.
    const real = await realpath(onDisk(path)).catch(() => null);
    if (real === null) leave(path, 'the link leads nowhere');
    else if (isAbsolute(leadsTo) || !`${real}${sep}`.startsWith(root + sep))
      leave(path, 'the link leads out of the course');
    else await symlink(onDisk(leadsTo), onDisk(place));
  }

  using top = openFolder(root);
  if (top === null) throw new GradeportError('not-found', `There is no folder ${root}.`);
  await copyFolder(top, root, to);
  return copied;
}
