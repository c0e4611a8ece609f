/** Reads the whole of a file that is open, and closes it. */
import { closeSync, fstatSync, readFile, readFileSync, type Stats } from 'node:fs';
import { promisify } from 'node:util';

/** Through the thread pool a small file takes ten times as long. */
const SMALL_BYTES = 256 * 1024;
const readLarge = promisify((file: number, done: (error: Error | null, data: Buffer) => void) =>
  readFile(file, done),
);

/** @returns null: the file is not the one that was wanted */
export async function readOpen(file: number, isWanted: (info: Stats) => boolean): Promise<Buffer | null> {
  try {
    const info = fstatSync(file);
    if (!isWanted(info)) return null;
    return info.size <= SMALL_BYTES ? readFileSync(file) : await readLarge(file);
  } finally {
    closeSync(file);
  }
}
