/** Whether a file changed since it was last read. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { onDisk } from '../rules/files/byte-names.ts';

/**
 * Equal as long as the file is unchanged; null if there is none (a folder or a device does not count). The inode
 * and the change time catch what the modification time misses: `mv`, `git checkout`, restored backups.
 */
export async function signatureOf(file: string): Promise<string | null> {
  const info = await stat(onDisk(file), { bigint: true }).catch(absent);
  return info?.isFile() ? [info.ino, info.size, info.mtimeNs, info.ctimeNs].join(':') : null;
}

export type FoundFile = { name: string; signature: string };

/** The first of these files that exists in the folder. */
export async function firstFile(folder: string, names: readonly string[]): Promise<FoundFile | null> {
  for (const name of names) {
    const signature = await signatureOf(join(folder, name));
    if (signature !== null) return { name, signature };
  }
  return null;
}

/** Changes when something is added to a folder, or taken out of it; "" where there is none. */
export async function folderSignature(path: string): Promise<string> {
  const info = await stat(onDisk(path), { bigint: true }).catch(absent);
  return info ? [info.ino, info.mtimeNs].join(':') : '';
}

export async function isFolder(path: string): Promise<boolean> {
  const info = await stat(onDisk(path)).catch(absent);
  return info?.isDirectory() ?? false;
}

/** The file is missing or not readable for us: in both cases there is nothing to read. */
const absent = (): null => null;
