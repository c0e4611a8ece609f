/** What the environments that come with Gradeport announce, read from their Dockerfiles: also those not built yet. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLabels } from './labels.ts';

export type ShippedEnvironment = {
  /** Its name in environments/, as "gradeport env build" takes it. */
  folder: string;
  name: string;
  aliases: string[];
};

const LABEL = /([\w.]+)="((?:[^"\\]|\\.)*)"/g;

/** The labels of our own Dockerfiles, which are written name="text". */
function labelsIn(dockerfile: string): Record<string, string> {
  const found = [...dockerfile.matchAll(LABEL)].map(([, key = '', value = '']) => [key, value]);
  return Object.fromEntries(found);
}

/** Sorted by folder. Those without a grading name, which others are built on, are left out. */
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
