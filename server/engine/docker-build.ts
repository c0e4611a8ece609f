/** Builds an image from a folder through the engine, telling its lines as they come. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import tar from 'tar-stream';
import { z } from 'zod';
import { GradeportError } from '../core/errors.ts';
import { asking } from './docker-errors.ts';

const progressSchema = z.object({
  stream: z.string().optional(),
  error: z.string().optional(),
  aux: z.object({ ID: z.string().optional() }).optional(),
});

/** All regular files below a folder, as a tar stream; links and special files stay out. */
async function packFolder(folder: string): Promise<tar.Pack> {
  const pack = tar.pack();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mode } = await stat(path);
    pack.entry({ name: path.slice(folder.length + 1), mode }, await readFile(path));
  }
  pack.finalize();
  return pack;
}

export async function buildImage(
  docker: Docker,
  folder: string,
  tag: string,
  labels: Record<string, string>,
  onLine: (line: string) => void,
): Promise<string> {
  const context = await packFolder(folder);
  const progress = await asking(() =>
    docker.buildImage(context as unknown as NodeJS.ReadableStream, {
      t: tag,
      labels,
      rm: true,
      forcerm: true,
    }),
  );
  let id = '';
  let rest = '';
  const handle = (line: string) => {
    const { stream, error, aux } = progressSchema.parse(JSON.parse(line));
    if (error !== undefined) throw new GradeportError('internal', `Building ${tag} failed: ${error.trim()}`);
    if (aux?.ID !== undefined) id = aux.ID;
    for (const text of (stream ?? '').split('\n')) if (text.trim() !== '') onLine(text.trimEnd());
  };
  for await (const chunk of progress) {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') handle(line);
  }
  return id;
}
