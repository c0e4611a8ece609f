/**
 * Writes the public files that a text with scripts names into the text itself: its frame has no origin, so browsers
 * would ask for them without a session, and it may load nothing.
 */
import { extname } from 'node:path';
import { resolveAddress } from '../../courses/text/text-place.ts';
import { nameInAddress } from '../../rules/files/byte-names.ts';

/** Reads a file of the course that this reader may see; null: there is none. */
export type ReadPublic = (task: string, path: readonly string[], maxBytes: number) => Promise<Buffer | null>;
type Place = { course: string; base: string };

const MAX_FILES = 60;
const MAX_FILE_BYTES = 2 * 2 ** 20;
const MAX_BYTES = 8 * 2 ** 20;

const TYPES: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
};

/** Also in a script's text, which may write such an element. No "<" within it: the search stays short. */
const ADDRESS =
  /(<(?:img|script|source|audio|video|link)\b[^<>]{0,1000}?\s(?:src|href) {0,9}= {0,9})("[^"<>\n]{1,500}"|'[^'<>\n]{1,500}')/gi;

const without = (quoted: string): string => quoted.slice(1, -1);

export async function withFiles(html: string, place: Place, read: ReadPublic): Promise<string> {
  const named = new Set([...html.matchAll(ADDRESS)].map(([, , quoted = '']) => without(quoted)));
  const files = new Map<string, string>();
  let left = MAX_BYTES;
  for (const address of [...named].slice(0, MAX_FILES)) {
    const file = fileAt(address, place);
    const content = file && (await read(file.task, file.path, Math.min(MAX_FILE_BYTES, left)));
    if (!content) continue;
    left -= content.length;
    files.set(address, `data:${file.type};base64,${content.toString('base64')}`);
  }
  return html.replace(ADDRESS, (all, before: string, quoted: string) => {
    const data = files.get(without(quoted));
    return data === undefined ? all : `${before}${quoted[0]}${data}${quoted[0]}`;
  });
}

/** Only files of the same course. */
function fileAt(
  written: string,
  { course, base }: Place,
): { task: string; path: string[]; type: string } | null {
  const [address = ''] = resolveAddress(written.replaceAll('&amp;', '&'), base).split(/[?#]/);
  const type = TYPES[extname(address).toLowerCase()];
  if (type === undefined) return null;
  const [nothing, first, ofCourse, task, ...path] = address.split('/').map(nameInAddress);
  const isOfCourse = nothing === '' && first === 'course' && ofCourse === course;
  return isOfCourse && task !== undefined && path.length > 0 ? { task, path, type } : null;
}
