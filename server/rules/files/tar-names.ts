/**
 * Names in tar archives that are no UTF-8. tar-stream writes and reads text only, so such an entry has records before it
 * (pax) with the bytes of its name, which engines and tar read, and once more in hexadecimal, which we read.
 */
import type tar from 'tar-stream';
import { GradeportError } from '../errors.ts';
import { bytesOf, isText, nameOf } from './byte-names.ts';

type Header = Parameters<tar.Pack['entry']>[0];
type Names = Pick<tar.Header, 'name' | 'pax'> & { linkname?: string | null };
type Done = (error?: Error | null) => void;

const OWN = { path: 'GRADEPORT.path', linkpath: 'GRADEPORT.linkpath' };

/** As tar-stream's `pack.entry`, for every name. */
export function packEntry(pack: tar.Pack, header: Header, content: Buffer | null = null, done?: Done): void {
  const { name, linkname } = header;
  let plain = header;
  if (!isText(name) || !isText(linkname ?? '')) {
    packRecords(pack, recordsOf(header.type === 'directory' ? `${name}/` : name, linkname ?? ''));
    // What is in the records counts.
    plain = { ...header, name: 'bytes', ...(linkname ? { linkname: 'bytes' } : {}) };
  }
  const ended = (error?: Error | null) => done?.(error);
  if (content === null) pack.entry(plain, ended);
  else pack.entry(plain, content, ended);
}

const recordsOf = (path: string, linkpath: string): Buffer =>
  Buffer.concat([
    ...record('path', bytesOf(path)),
    ...record(OWN.path, hexOf(path)),
    ...(linkpath === ''
      ? []
      : [...record('linkpath', bytesOf(linkpath)), ...record(OWN.linkpath, hexOf(linkpath))]),
  ]);

const hexOf = (name: string): Buffer => Buffer.from(bytesOf(name).toString('hex'));

/** "<length of all of it> <key>=<value>\n": pax(1). */
function record(key: string, value: Buffer): Buffer[] {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return [Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')];
}

function packRecords(pack: tar.Pack, records: Buffer): void {
  const header: Header = { name: 'PaxHeader', type: 'file', mtime: new Date(0) };
  pack.entry(header, records);
  // tar-stream gives a body to files only, and looks at the type again when it writes the header.
  Object.assign(header, { type: 'pax-header' });
}

/** Of an entry that `packEntry` wrote. */
export const ownNames = ({ name, linkname, pax }: Names): { name: string; linkname: string } => ({
  name: ownName(pax, OWN.path) ?? name,
  linkname: ownName(pax, OWN.linkpath) ?? linkname ?? '',
});

function ownName(pax: unknown, key: string): string | null {
  const hex = recordIn(pax, key);
  return hex === null ? null : nameOf(Buffer.from(hex, 'hex'));
}

function recordIn(pax: unknown, key: string): string | null {
  const records: Map<string, unknown> = new Map(Object.entries(pax ?? {}));
  const value = records.get(key);
  return typeof value === 'string' ? value : null;
}

/** For `tar.extract`, where others wrote the archive: their names as they are, for `foreignName`. */
export const AS_BYTES: object = { filenameEncoding: 'latin1' };

/** Fails where the name is lost: records of the archive are read as text. */
export function foreignName({ name, pax }: Pick<Names, 'name' | 'pax'>): string {
  if (recordIn(pax, 'path') === null) return nameOf(Buffer.from(name, 'latin1'));
  if (!name.includes('\ufffd')) return name;
  throw new GradeportError(
    'usage',
    `"${name.slice(0, 100)}" in the archive is a name that is not UTF-8, in a form that is not read here. Rename the file, or make the archive with "tar --format=gnu".`,
  );
}
