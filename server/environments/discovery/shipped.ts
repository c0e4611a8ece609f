/** What the environments that come with Gradeport announce, built or not: read from their Dockerfiles. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLabels } from './labels.ts';

export type ShippedEnvironment = {
  /** The folder in environments/: the name that "gradeport env build" takes. */
  folder: string;
  name: string;
  aliases: string[];
};

const LABEL = /([\w.]+)="((?:[^"\\]|\\.)*)"/g;

/** Reads the labels of our own Dockerfiles, which are written name="text". */
function labelsIn(dockerfile: string): Record<string, string> {
  const found = [...dockerfile.matchAll(LABEL)].map(([, key = '', value = '']) => [key, value]);
  return Object.fromEntries(found);
}

/** Sorted by folder. Bases, which have no grading name, are left out. */
export async function readShipped(environmentsFolder: string): Promise<ShippedEnvironment[]> {
  const folders = (await readdir(environmentsFolder)).sort();
  const read = await Promise.all(
    folders.map(async (folder) => {
      const dockerfile = await readFile(join(environmentsFolder, folder, 'Dockerfile'), 'utf8').catch(
        () => '',
      );
      const announced = readLabels(labelsIn(dockerfile));
      return announced ? [{ folder, name: announced.name, aliases: announced.aliases }] : [];
    }),
  );
  return read.flat();
}
