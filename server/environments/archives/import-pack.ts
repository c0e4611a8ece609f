/** Imports the images of a file that has several. One that is refused does not keep the others away. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { JobNews } from '../../jobs/port.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { SharingDeps } from '../registries/sharing-deps.ts';
import { importFromFile } from './import.ts';
import { openArchive } from './open-archive.ts';
import { eachImage, type OpenPack, openPack } from './open-pack.ts';

export type PackImport = {
  file: string;
  /** An empty folder with room for the largest image. */
  folder: string;
  by: string | null;
};
/** already: the engine had it, under this name. */
export type ImportedImage = {
  image: string;
  name: string | null;
  state: 'imported' | 'already' | 'refused';
} & {
  /** Why it was refused. */
  reason: string | null;
};
export type ImportedPack = Pick<OpenPack, 'header'> & { images: ImportedImage[] };

export async function importPack(
  deps: SharingDeps,
  { file, folder, by }: PackImport,
  news: JobNews,
  stopped: AbortSignal,
): Promise<ImportedPack> {
  news.progress({ step: 'checking the file', done: 0, total: null });
  const { header } = await openPack(file, stopped);
  const images: ImportedImage[] = [];
  const part = join(folder, 'image.tar');
  await eachImage(file, stopped, async (_, content) => {
    await pipeline(content, createWriteStream(part, { flags: 'wx', mode: 0o600 }), { signal: stopped });
    try {
      images.push(await importOne(deps, { file: part, by }, news, stopped));
    } finally {
      await rm(part, { force: true });
    }
  });
  return { header, images };
}

async function importOne(
  deps: SharingDeps,
  { file, by }: Pick<PackImport, 'file' | 'by'>,
  news: JobNews,
  stopped: AbortSignal,
): Promise<ImportedImage> {
  const { provenance } = await openArchive(file, stopped);
  const { image, name, digest } = provenance;
  const about = { image, name, reason: null };
  if ((await deps.images.inspect(image))?.id === digest) return { ...about, state: 'already' };
  try {
    // Bases are no environments. They take no name that another image has, as all others.
    await importFromFile(deps, { file, tag: null, any: true, by }, news, stopped);
    return { ...about, state: 'imported' };
  } catch (error) {
    stopped.throwIfAborted();
    const isItsOwn = error instanceof GradeportError && /^(conflict|denied|usage)$/.test(error.code);
    if (!isItsOwn) throw error;
    return { ...about, state: 'refused', reason: error.message };
  }
}
