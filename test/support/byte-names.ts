/** Files, folders and links whose names are not UTF-8: Latin-1, Shift_JIS, and a long one. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';

const bytes = (...parts: (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));
const below = (folder: string | Buffer, name: Buffer): Buffer =>
  Buffer.concat([Buffer.from(folder), Buffer.from('/'), name]);

const LATIN = bytes('caf', 0xe9, '.txt');
const JAPANESE = bytes(0x93, 0xfa, 0x96, 0x7b);
const LONG = bytes('l'.repeat(150), 0xff);

export function writeByteNames(folder: string, links = true): void {
  writeFileSync(below(folder, LATIN), 'latin');
  mkdirSync(below(folder, JAPANESE));
  writeFileSync(below(below(folder, JAPANESE), LONG), 'long');
  writeFileSync(below(below(folder, JAPANESE), bytes('ü🙂')), 'text');
  if (links) symlinkSync(LATIN, below(folder, bytes('link', 0xff)));
}

/** Every path below a folder, in hexadecimal, and what is there. */
export function listingOf(folder: string | Buffer, above = ''): string[] {
  const names = readdirSync(folder, { encoding: 'buffer' });
  return names
    .flatMap((name) => {
      const path = below(folder, name);
      const shown = `${above}/${name.toString('hex')}`;
      const info = lstatSync(path);
      if (info.isDirectory()) return [shown, ...listingOf(path, shown)];
      const content = info.isSymbolicLink() ? readlinkSync(path, 'buffer') : readFileSync(path);
      return [`${shown} ${content.toString('hex')}`];
    })
    .sort();
}
