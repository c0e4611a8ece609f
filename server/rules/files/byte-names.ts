/**
 * Names of files are bytes, and need not be UTF-8. Here a name is a string, as in Python
 * (surrogateescape, PEP 383): each byte that is no UTF-8 is a lone surrogate, U+DC80 to U+DCFF. Such a string compares,
 * sorts and joins as any other, JSON keeps it, and Python's agent reads it as the name that was meant.
 */
import { isUtf8 } from 'node:buffer';

const ESCAPED = /[\udc80-\udcff]/;
/** With "u" a pattern sees lone surrogates only, and no half of a pair. */
const EACH_ESCAPED = /[\udc80-\udcff]/gu;
const FIRST = 0xdc00;

/** Lengths of what begins with a byte, by that byte; 0: nothing begins so. */
const lengthOf = (byte: number): number =>
  byte < 0x80 ? 1 : byte < 0xc2 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : 0;

export function nameOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let name = '';
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOf(bytes[at] ?? 0);
    const part = bytes.subarray(at, at + length);
    const isText = length > 0 && part.length === length && isUtf8(part);
    name += isText ? part.toString('utf8') : String.fromCharCode(FIRST + (bytes[at] ?? 0));
    at += isText ? length : 1;
  }
  return name;
}

export const isText = (name: string): boolean => !ESCAPED.test(name) || name.isWellFormed();

export function bytesOf(name: string): Buffer {
  if (isText(name)) return Buffer.from(name, 'utf8');
  const parts: Buffer[] = [];
  let from = 0;
  for (const { index } of name.matchAll(EACH_ESCAPED)) {
    parts.push(Buffer.from(name.slice(from, index), 'utf8'), Buffer.from([name.charCodeAt(index) - FIRST]));
    from = index + 1;
  }
  return Buffer.concat([...parts, Buffer.from(name.slice(from), 'utf8')]);
}

/** A path as the calls of node:fs take it. */
export const onDisk = (path: string): string | Buffer => (isText(path) ? path : bytesOf(path));

/** For people: "caf\xe9.txt". */
export const shownName = (name: string): string =>
  name.replace(EACH_ESCAPED, (one) => `\\x${(one.charCodeAt(0) - FIRST).toString(16)}`);

/** One name of an address: "%e9" is a byte, whether or not it is UTF-8. */
export function nameInAddress(part: string): string {
  const escaped = Buffer.from(part, 'utf8').toString('latin1');
  const bytes = escaped.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return nameOf(Buffer.from(bytes, 'latin1'));
}
