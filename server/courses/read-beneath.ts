/**
 * Reads what belongs to a course, for whichever part of the server needs it: beneath a folder, through no link, of bounded
 * size (server/rules/files/open-folder.ts). A teacher may write to the folder, and is not trusted with the machine.
 */
import { closeSync, fstatSync } from 'node:fs';
import { GradeportError } from '../rules/errors.ts';
import { fileBeneath, folderBeneath, type OpenFolder, openFolder } from '../rules/files/open-folder.ts';
import { readOpen } from '../rules/files/read-open.ts';
import { bytesText } from '../text/quantities.ts';

/** A part of a path that is one name; names that begin with a dot (.git) are not readable. */
const isName = (part: string): boolean => part !== '' && !part.startsWith('.') && !/[/\\\0]/.test(part);

/** null: the file does not exist, is not a regular file, is too large, or a link is on the way to it. */
export async function readBeneath(
  folder: string,
  parts: readonly string[],
  maxBytes: number,
): Promise<Buffer | null> {
  if (parts.length === 0 || !parts.every(isName)) return null;
  return readFileBeneath(folder, parts, { maxBytes }).catch(() => null);
}

/** A file that is open for reading, and closed with the stream that reads it. */
export type OpenedFile = { descriptor: number; size: number };

/** As readBeneath, for a file that goes out in pieces. */
export function openBeneath(folder: string, parts: readonly string[], maxBytes: number): OpenedFile | null {
  if (parts.length === 0 || !parts.every(isName)) return null;
  using top = openFolder(folder);
  const descriptor = top && fileBeneath(top, parts);
  if (descriptor === null) return null;
  const { size } = fstatSync(descriptor);
  if (size <= maxBytes) return { descriptor, size };
  closeSync(descriptor);
  return null;
}

/** @property mayBeLink the folder itself may be a link: only an operator makes it */
type Reading = { maxBytes: number; mayBeLink?: boolean };

/** Fails with a sentence that says what the file is instead, or which bound it meets. */
export async function readFileBeneath(
  folder: string,
  parts: readonly string[],
  { maxBytes, mayBeLink = false }: Reading,
): Promise<Buffer> {
  using top = openFolder(folder, { mayBeLink });
  const file = top && fileBeneath(top, parts);
  if (file === null) throw new GradeportError('usage', top ? whyNot(top, parts) : LINK);
  const content = await readOpen(file, ({ size }) => size <= maxBytes);
  if (content !== null) return content;
  throw new GradeportError('too-large', `it is larger than ${bytesText(maxBytes)}, the most that is read`);
}

const LINK = 'it is a link, and links of a course are followed in containers only: put the file in its place';

function whyNot(top: OpenFolder, parts: readonly string[]): string {
  const [name, ...rest] = parts;
  const found = name === undefined ? null : top.look(name);
  if (name === undefined || found === null) return 'there is no such file';
  if (found.isSymbolicLink()) return LINK;
  if (rest.length === 0) return 'it is no regular file';
  using folder = top.folder(name);
  return folder ? whyNot(folder, rest) : 'there is no such file';
}

/** The names in a folder, in no order; none where there is no folder, or a link is on the way to it. */
export function namesBeneath(folder: string, parts: readonly string[], { mayBeLink = false } = {}): string[] {
  using top = openFolder(folder, { mayBeLink });
  using found = top && folderBeneath(top, parts);
  return found?.entries().map(({ name }) => name) ?? [];
}

/** Whether a real folder is there, reached through no link. */
export function isFolderBeneath(
  folder: string,
  parts: readonly string[],
  { mayBeLink = false } = {},
): boolean {
  using top = openFolder(folder, { mayBeLink });
  using found = top && folderBeneath(top, parts);
  return found !== null;
}
