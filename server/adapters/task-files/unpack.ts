/** Unpacks the bytes of a bundle into a folder. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import tar from 'tar-stream';
import { onDisk } from '../../rules/files/byte-names.ts';
import { ownNames } from '../../rules/files/tar-names.ts';

/**
 * packFolder made the bytes: their hash was checked. A name that leads out of the folder is refused anyway, and links
 * come last, so that nothing is written through one. Entries come one by one from the stream, so that other work has
 * its turn between large files.
 */
export async function unpackInto(folder: string, bytes: Buffer): Promise<void> {
  const extract = tar.extract();
  Readable.from([bytes]).pipe(extract);
  const links: { path: string | Buffer; target: string }[] = [];
  for await (const entry of extract) {
    const { type, mode } = entry.header;
    const { name, linkname } = ownNames(entry.header);
    const path = onDisk(join(folder, ...partsOf(name)));
    if (type === 'directory') mkdirSync(path);
    else if (type === 'symlink') links.push({ path, target: linkname });
    else if (type === 'file') writeFileSync(path, await contentOf(entry), { flag: 'wx' });
    else throw new TypeError(`A bundle holds no ${type}: ${JSON.stringify(name)}`);
    // The umask must not change the mode.
    if (type !== 'symlink') chmodSync(path, mode ?? 0);
    entry.resume();
  }
  for (const { path, target } of links) symlinkSync(onDisk(target), path);
}

function partsOf(name: string): string[] {
  const parts = name.replace(/\/$/, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0')))
    throw new TypeError(`A bundle holds no ${JSON.stringify(name)}`);
  return parts;
}

async function contentOf(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}
