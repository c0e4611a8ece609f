/** Samples that travel with an environment: plain files beneath a folder, within bounds. */
import { mkdir, open, opendir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GradeportError } from '../../rules/errors.ts';
import { AS_IT_IS } from '../../rules/files/open-flags.ts';
import { bytesText } from '../../text/quantities.ts';
import { isSamplePath, MAX_SAMPLE_BYTES, MAX_SAMPLES, MAX_SAMPLES_BYTES, SAMPLES } from './archive-format.ts';

/** Path in the archive ("samples/…") → content. */
export type SampleFiles = ReadonlyMap<string, Buffer>;

/** Sorted by path. Links and special files are refused, and so are names that an archive may not hold. */
export async function readSampleFiles(folder: string): Promise<SampleFiles> {
  const paths: string[] = [];
  await walk(folder, '', paths);
  const files = new Map<string, Buffer>();
  let bytes = 0;
  for (const path of paths.sort()) {
    const content = await readPlain(join(folder, path));
    bytes += content.length;
    if (bytes > MAX_SAMPLES_BYTES)
      throw refused(folder, `all of it has more than ${bytesText(MAX_SAMPLES_BYTES)}`);
    files.set(SAMPLES + path, content);
  }
  return files;
}

async function walk(folder: string, below: string, paths: string[]): Promise<void> {
  for await (const entry of await opendir(join(folder, below))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (!isSamplePath(SAMPLES + path)) throw refused(folder, `${path}: a name that an archive may not hold`);
    if (entry.isDirectory()) await walk(folder, path, paths);
    else if (entry.isFile()) paths.push(path);
    else throw refused(folder, `${path} is a link or a special file`);
    if (paths.length > MAX_SAMPLES) throw refused(folder, `more than ${MAX_SAMPLES} files`);
  }
}

async function readPlain(path: string): Promise<Buffer> {
  await using handle = await open(path, AS_IT_IS);
  const info = await handle.stat();
  if (!info.isFile()) throw refused(path, 'it is not a regular file');
  if (info.size > MAX_SAMPLE_BYTES) throw refused(path, `it has more than ${bytesText(MAX_SAMPLE_BYTES)}`);
  return handle.readFile();
}

/** @param folder new or empty, and written by this process only */
export async function writeSampleFiles(folder: string, files: SampleFiles): Promise<void> {
  for (const [path, content] of files) {
    if (!isSamplePath(path)) throw refused(folder, `${path}: a name that an archive may not hold`);
    const file = join(folder, path.slice(SAMPLES.length));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { flag: 'wx' });
  }
}

const refused = (where: string, why: string): GradeportError =>
  new GradeportError('usage', `The samples in ${where} cannot be used: ${why}.`);
