/**
 * The part of tar that a backup is made of: plain files with short names, one after the other (POSIX.1-1988, "ustar").
 * Any tar program can list one. Links, long names and extended headers are refused: a reader that supports them keeps
 * as much in memory as a header asks for.
 */
const BLOCK = 512;
const NAME = 100;
const SIZE_AT = 124;
const SUM_AT = 148;
const TYPE_AT = 156;
const MAGIC_AT = 257;
/** Zeros behind the last file; tar programs fill up to 10 KiB. */
const MOST_PADDING = 2 ** 20;

export class TarFault extends Error {}
export class CutShort extends TarFault {}

/** @param mtime seconds since 1970 */
export function tarHeader(name: string, size: number, mtime: number): Buffer {
  if (Buffer.byteLength(name) > NAME) throw new RangeError(`"${name}" is too long for a tar header.`);
  const header = Buffer.alloc(BLOCK);
  header.write(name);
  const octal = (value: number, at: number, digits: number) =>
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at);
  octal(0o600, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, SIZE_AT, 11);
  octal(mtime, 136, 11);
  header.write('0', TYPE_AT);
  header.write('ustar\x0000', MAGIC_AT);
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, SUM_AT);
  return header;
}

export const tarPadding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** The sum of a header's bytes, with spaces in the place of the sum itself. */
function sumOf(header: Buffer): number {
  const inSum = (at: number) => at >= SUM_AT && at < SUM_AT + 8;
  return header.reduce((sum, byte, at) => sum + (inSum(at) ? 32 : byte), 0);
}

/** Checks names and sizes before the content of a file is read. @throws TarFault */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  mostOf: (name: string) => number | null,
): AsyncGenerator<{ name: string; content: Buffer }> {
  const bytes = takeFrom(source);
  for (;;) {
    const header = await bytes.take(BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const { name, size } = readHeader(header);
    const most = mostOf(name);
    if (most === null) throw new TarFault(`it holds "${printable(name)}", which is not part of a backup`);
    if (size > most) throw new TarFault(`"${name}" has ${size} bytes, more than the ${most} it may have`);
    const content = await bytes.take(size);
    await bytes.take(tarPadding(size).length);
    yield { name, content };
  }
  await bytes.onlyZeros(MOST_PADDING);
}

function readHeader(header: Buffer): { name: string; size: number } {
  const text = (at: number, length: number) =>
    header.toString('latin1', at, at + length).split('\0')[0] ?? '';
  const name = text(0, NAME);
  const sum = Number.parseInt(text(SUM_AT, 8), 8);
  const size = text(SIZE_AT, 12).trim();
  if (sum !== sumOf(header) || text(MAGIC_AT, 5) !== 'ustar') throw new TarFault('a header in it is damaged');
  if (header[TYPE_AT] !== 0x30 || !/^[0-7]{1,11}$/.test(size) || text(345, 155) !== '')
    throw new TarFault(`"${printable(name)}" in it is not a plain file`);
  return { name, size: Number.parseInt(size, 8) };
}

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');

function takeFrom(source: AsyncIterable<Uint8Array>) {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  async function next(): Promise<Buffer | null> {
    const { done, value } = await chunks.next();
    return done ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }

  async function take(count: number): Promise<Buffer> {
    const parts = [rest];
    let length = rest.length;
    while (length < count) {
      const chunk = await next();
      if (chunk === null) throw new CutShort('it is cut short');
      parts.push(chunk);
      length += chunk.length;
    }
    const all = parts.length === 1 ? rest : Buffer.concat(parts, length);
    rest = all.subarray(count);
    return all.subarray(0, count);
  }

  /** Reads to the end, which must be zeros. */
  async function onlyZeros(most: number): Promise<void> {
    let length = 0;
    for (let chunk: Buffer | null = rest; chunk !== null; chunk = await next()) {
      length += chunk.length;
      if (length > most || chunk.some((byte) => byte !== 0)) throw new TarFault('something follows its end');
    }
  }

  return { take, onlyZeros };
}
