/**
 * Takes what an image's Python compiled out of an archive that the container printed. The image is a teacher's, so every
 * byte of it may be hostile: nothing is written but regular files with the names of compiled modules, within bounds,
 * below a folder that was made for them.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import tar from 'tar-stream';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';

/** Debian's Python gives about 1 MiB in 90 files. */
const MOST_COMPILED = { bytes: 16 * 2 ** 20, files: 1000 };

const NAME = /^[\w+-][\w.+-]{0,199}$/;
const MOST_FOLDERS = 16;

/** Gathers what a container prints, and no more of it than may be used. */
export function createIntake() {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    take(chunk: Buffer): void {
      bytes += chunk.length;
      if (bytes <= MOST_COMPILED.bytes) chunks.push(chunk);
    },
    /** Fails with "too-large". */
    all(): Buffer {
      if (bytes > MOST_COMPILED.bytes) throw tooMuch();
      return Buffer.concat(chunks);
    },
  };
}

/**
 * @param into an empty folder that no other program writes to
 * @returns how many files it has now
 */
export async function writeCompiled(archive: Buffer, into: string): Promise<number> {
  const extract = tar.extract();
  Readable.from([archive]).pipe(extract);
  let files = 0;
  for await (const entry of extract) {
    const { name, type } = entry.header;
    const parts = type === 'file' ? partsOf(name) : null;
    if (parts !== null) {
      files += 1;
      if (files > MOST_COMPILED.files) throw tooMuch();
      const place = join(into, ...parts);
      await mkdir(dirname(place), { recursive: true, mode: 0o755 });
      // wx: never over something that is there.
      await writeFile(place, await contentOf(entry), { flag: 'wx', mode: 0o644 });
    }
    entry.resume();
  }
  return files;
}

/** null: it is no compiled module. */
function partsOf(name: string): string[] | null {
  const parts = name.split('/');
  return name.endsWith('.pyc') && parts.length <= MOST_FOLDERS && parts.every((part) => NAME.test(part))
    ? parts
    : null;
}

async function contentOf(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const tooMuch = () =>
  new GradeportError(
    'too-large',
    `The image's Python gave more than ${MOST_COMPILED.files} files or ${bytesText(MOST_COMPILED.bytes)} as the compiled grading API (server/execution/slots/compiled-files.ts).`,
  );
