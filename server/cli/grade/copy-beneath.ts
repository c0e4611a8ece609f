/**
 * Reads a folder that a student program wrote, perhaps while the program still writes: never leaves the folder, follows
 * no link, opens regular files only, and stops at its bounds. Node has no openat(2); "/proc/self/fd/<n>/name"
 * is the same: the folder is the one that was opened, whatever its path leads to by now (proc(5), open(2)).
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, opendir } from 'node:fs/promises';

type Bounds = { files: number; bytes: number; depth: number };

export type Copied = {
  files: number;
  bytes: number;
  /** What was not copied, as "path: why"; at most 100 of them. */
  leftOut: string[];
};

const COPY_BOUNDS: Bounds = { files: 10_000, bytes: 512 * 2 ** 20, depth: 64 };

/** Linux' O_PATH, which Node does not name: a handle on the path, without opening the file. */
const O_PATH = 0x20_0000;
const LOOK = O_PATH | constants.O_NOFOLLOW;
const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const MAKE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const CHUNK_BYTES = 256 * 1024;
const MOST_LEFT_OUT = 100;

/**
 * @param target an empty folder that we made; every name in it is new
 * @param unwanted a name directly in the source
 */
export async function copyBeneath(
  source: string,
  target: string,
  unwanted: string | null = null,
  bounds = COPY_BOUNDS,
): Promise<Copied> {
  await using top = await open(source, LOOK | constants.O_DIRECTORY);
  const copied: Copied = { files: 0, bytes: 0, leftOut: [] };
  await copyFolder(top, Buffer.from(target), '', { bounds, copied, unwanted });
  return copied;
}

type Job = { bounds: Bounds; copied: Copied; unwanted: string | null };

function leaveOut({ copied }: Job, path: string, why: string): void {
  if (copied.leftOut.length < MOST_LEFT_OUT) copied.leftOut.push(`${path}: ${why}`);
}

/** A name below an open folder; names are bytes, which need not be UTF-8. */
const below = (folder: FileHandle, name: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`/proc/self/fd/${folder.fd}/`), name]);

async function copyFolder(folder: FileHandle, target: Buffer, path: string, job: Job): Promise<void> {
  const { bounds, copied } = job;
  if (path.split('/').length > bounds.depth) return leaveOut(job, path, 'too deep');
  for await (const entry of await opendir(`/proc/self/fd/${folder.fd}`, { encoding: 'buffer' as never })) {
    // Declared as text, but with this encoding it is bytes.
    const name = Buffer.from(entry.name as unknown as Buffer);
    const at = `${path}/${name.toString('utf8')}`;
    if (at === `/${job.unwanted}`) continue;
    if (copied.files >= bounds.files) return leaveOut(job, at, 'too many files');
    copied.files += 1;
    await copyEntry(folder, name, Buffer.concat([target, Buffer.from('/'), name]), at, job);
  }
}

async function copyEntry(
  folder: FileHandle,
  name: Buffer,
  target: Buffer,
  path: string,
  job: Job,
): Promise<void> {
  try {
    await using place = await open(below(folder, name), LOOK);
    const kind = await place.stat();
    if (kind.isDirectory()) {
      await mkdir(target, { mode: 0o700 });
      await copyFolder(place, target, path, job);
    } else if (kind.isFile()) await copyFile(place, target, path, job);
    else leaveOut(job, path, kind.isSymbolicLink() ? 'a link' : 'no regular file');
  } catch (error) {
    leaveOut(job, path, error instanceof Error && 'code' in error ? String(error.code) : 'unreadable');
  }
}

/** The handle is on a regular file, so opening it again through /proc opens that very file. */
async function copyFile(place: FileHandle, target: Buffer, path: string, job: Job): Promise<void> {
  const { bounds, copied } = job;
  await using from = await open(`/proc/self/fd/${place.fd}`, READ);
  await using to = await open(target, MAKE, 0o600);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  // Bounded by what is read, not by a size that may change in between.
  for (;;) {
    const { bytesRead } = await from.read(chunk, 0, Math.min(chunk.length, bounds.bytes - copied.bytes + 1));
    if (bytesRead === 0) return;
    if (copied.bytes + bytesRead > bounds.bytes) return leaveOut(job, path, 'too large: cut here');
    copied.bytes += bytesRead;
    await to.writeFile(chunk.subarray(0, bytesRead));
  }
}
