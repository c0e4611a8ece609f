/**
 * Opens what is below a folder whose files others may change at any time, and follows no link on the way, whatever they
 * swap meanwhile. Everything of a course folder is read through it. Node has no openat(2). On Linux
 * "/proc/self/fd/<n>/name" is the same: the folder is the one that was opened, whatever its path leads to by now (proc(5),
 * open(2)). Elsewhere each folder is compared, before and after, with the one that was first seen.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { GradeportError } from '../errors.ts';
import { nameOf, onDisk } from './byte-names.ts';
import { AS_IT_IS } from './open-flags.ts';

/** Names are as in byte-names.ts. */
export type FolderEntry = {
  name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
};

export type OpenFolder = Disposable & {
  itself(): Stats;
  /** Fails when the folder is not readable. */
  entries(): FolderEntry[];
  /** null: there is nothing of this name. A link is looked at, not followed. */
  look(name: string): Stats | null;
  /** Where a link leads; null: it is no link. */
  link(name: string): string | null;
  /** null: there is no real folder of this name. The caller closes it. */
  folder(name: string): OpenFolder | null;
  /** A descriptor that the caller closes; null: there is no regular file of this name. */
  file(name: string): number | null;
};

/** Linux' O_PATH, which Node does not name: a handle on the path, without opening the file. */
const O_PATH = 0x20_0000;
const HANDLE = O_PATH | constants.O_DIRECTORY;
const DESCRIPTORS = '/proc/self/fd';
/** Each open folder above takes a descriptor. */
const MOST_FOLDERS = 64;

/** byDescriptors false: the form for systems without /proc. */
type Options = { mayBeLink?: boolean; byDescriptors?: boolean };

const hasDescriptors = process.platform === 'linux' && existsSync(DESCRIPTORS);

/** null: there is no such folder, or its last name is a link and may not be one. */
export function openFolder(path: string, options: Options = {}): OpenFolder | null {
  const { mayBeLink = false, byDescriptors = hasDescriptors } = options;
  return byDescriptors
    ? byHandle(path, mayBeLink ? HANDLE : HANDLE | constants.O_NOFOLLOW, 0)
    : byPath(path, mayBeLink, () => true, 0);
}

/** The folder at the end of these names; null: one of them is no real folder. */
export function folderBeneath(top: OpenFolder, names: readonly string[]): OpenFolder | null {
  const [name, ...rest] = names;
  if (name === undefined) return null;
  const folder = top.folder(name);
  if (folder === null || rest.length === 0) return folder;
  using above = folder;
  return folderBeneath(above, rest);
}

/** A descriptor of the regular file at the end of these names, which the caller closes; null: there is none. */
export function fileBeneath(top: OpenFolder, names: readonly string[]): number | null {
  const [name, ...rest] = names;
  if (name === undefined) return null;
  if (rest.length === 0) return top.file(name);
  using folder = top.folder(name);
  return folder && fileBeneath(folder, rest);
}

function byHandle(path: string, flags: number, depth: number): OpenFolder | null {
  const handle = ifThere(() => openSync(onDisk(path), flags));
  if (handle === null) return null;
  const at = (name: string) => `${DESCRIPTORS}/${handle}/${one(name)}`;
  return {
    ...readers(at, () => true),
    itself: () => fstatSync(handle),
    entries: () => entriesOf(`${DESCRIPTORS}/${handle}`),
    folder: (name) => byHandle(at(name), HANDLE | constants.O_NOFOLLOW, deeper(depth)),
    [Symbol.dispose]: () => closeSync(handle),
  };
}

/** @param isSame whether the folders above are still those that were seen */
function byPath(path: string, mayBeLink: boolean, isSame: () => boolean, depth: number): OpenFolder | null {
  const seen = ifThere(() => lstatSync(onDisk(mayBeLink ? `${path}/.` : path)));
  if (!seen?.isDirectory()) return null;
  const isStill = (): boolean => {
    const now = ifThere(() => lstatSync(onDisk(mayBeLink ? `${path}/.` : path)));
    return isSame() && now?.ino === seen.ino && now.dev === seen.dev;
  };
  const sure = <T>(found: T): T => {
    if (isStill()) return found;
    throw new GradeportError('conflict', `${path} is changing right now; try again in a moment.`);
  };
  const at = (name: string) => join(path, one(name));
  return {
    ...readers(at, isStill),
    itself: () => sure(statSync(onDisk(path))),
    entries: () => sure(entriesOf(path)),
    folder: (name) => (isStill() ? byPath(at(name), false, isStill, deeper(depth)) : null),
    [Symbol.dispose]: () => {},
  };
}

/** "buffer" gives bytes, and says of a file system without types of entries what they are as well. */
const entriesOf = (path: string): FolderEntry[] =>
  readdirSync(onDisk(path), { withFileTypes: true, encoding: 'buffer' }).map((entry) => ({
    name: nameOf(entry.name),
    isFile: () => entry.isFile(),
    isDirectory: () => entry.isDirectory(),
    isSymbolicLink: () => entry.isSymbolicLink(),
  }));

/** @param isStill whether what was just read came from the folder that was opened */
const readers = (
  at: (name: string) => string,
  isStill: () => boolean,
): Pick<OpenFolder, 'look' | 'link' | 'file'> => ({
  look: (name) =>
    still(
      isStill,
      ifThere(() => lstatSync(onDisk(at(name)))),
    ),
  link: (name) =>
    still(
      isStill,
      ifThere(() => nameOf(readlinkSync(onDisk(at(name)), 'buffer'))),
    ),
  file(name) {
    const file = ifThere(() => openSync(onDisk(at(name)), AS_IT_IS));
    if (file === null) return null;
    if (fstatSync(file).isFile() && isStill()) return file;
    closeSync(file);
    return null;
  },
});

const still = <T>(isStill: () => boolean, value: T | null): T | null => (isStill() ? value : null);

function one(name: string): string {
  if (name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name)) return name;
  throw new TypeError(`${JSON.stringify(name)} is not one name`);
}

function deeper(depth: number): number {
  if (depth < MOST_FOLDERS) return depth + 1;
  throw new GradeportError(
    'too-large',
    `Folders in folders are more than ${MOST_FOLDERS} deep (MOST_FOLDERS in server/rules/files/open-folder.ts).`,
  );
}

/** What keeps a name from being read as asked: it is not there, is a link, or is something else. */
const NOT_THERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ENAMETOOLONG', 'ENXIO']);

function ifThere<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.has(String(error.code))) return null;
    throw error;
  }
}
