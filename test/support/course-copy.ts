/** The course that has every field, copied to where a test may change it. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const EVERY_FIELD = join(import.meta.dirname, 'inginious-course');

export async function copyOfCourse(id = 'every') {
  const folder = await mkdtemp(join(tmpdir(), 'gradeport-course-'));
  const course = join(folder, id);
  await cp(EVERY_FIELD, course, { recursive: true });
  return {
    /** The folder of course folders. */
    folder,
    course,
    async write(path: string, content: string | Buffer): Promise<void> {
      await mkdir(dirname(join(course, path)), { recursive: true });
      await writeFile(join(course, path), content);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

type MoOptions = { bigEndian?: boolean; charset?: 'UTF-8' | 'ISO-8859-1' };

/** A catalogue as msgfmt writes it. */
export function moFile(
  texts: Record<string, string>,
  { bigEndian = false, charset = 'UTF-8' }: MoOptions = {},
): Buffer {
  const header = `Content-Type: text/plain; charset=${charset}\n`;
  const pairs = Object.entries({ '': header, ...texts }).sort(([a], [b]) => (a < b ? -1 : 1));
  const words = new DataView(new ArrayBuffer(28 + 16 * pairs.length));
  const strings: Buffer[] = [];
  let end = words.byteLength;
  const put = (offset: number, value: number) => words.setUint32(offset, value, !bigEndian);
  const table = (start: number, all: string[]) => {
    for (const [index, text] of all.entries()) {
      const bytes = Buffer.from(`${text}\0`, charset === 'UTF-8' ? 'utf8' : 'latin1');
      put(start + 8 * index, bytes.length - 1);
      put(start + 8 * index + 4, end);
      strings.push(bytes);
      end += bytes.length;
    }
  };
  const head = [0x950412de, 0, pairs.length, 28, 28 + 8 * pairs.length, 0, 0];
  for (const [index, value] of head.entries()) put(4 * index, value);
  table(
    28,
    pairs.map(([original]) => original),
  );
  table(
    28 + 8 * pairs.length,
    pairs.map(([, translation]) => translation),
  );
  return Buffer.concat([Buffer.from(words.buffer), ...strings]);
}
