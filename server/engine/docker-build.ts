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

/** The engine prints in red what a step wrote to stderr. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const COLOURS = /\u001b\[[0-9;]*m/g;

/** How many of its last lines a failed build is told with: apt's own reason is among them. */
const TAIL_LINES = 12;

/** A Dockerfile made for another base image fails in its first step, and the engine's words do not say why. */
function hintFor(lines: readonly string[]): string {
  return lines.some((line) => /\b(dnf|yum|microdnf): (command )?not found/.test(line))
    ? '\nIts Dockerfile installs with dnf or yum, and its base is Debian: use apt-get, or the base that it was written for.'
    : '';
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
  const tail: string[] = [];
  const handle = (line: string) => {
    const { stream, error, aux } = progressSchema.parse(JSON.parse(line));
    if (error !== undefined) {
      const lines = tail.map((text) => `\n  ${text}`).join('');
      throw new GradeportError('conflict', `Building ${tag} failed: ${error.trim()}${lines}${hintFor(tail)}`);
    }
    if (aux?.ID !== undefined) id = aux.ID;
    for (const text of (stream ?? '').replace(COLOURS, '').split('\n')) {
      if (text.trim() === '') continue;
      tail.splice(0, tail.length - TAIL_LINES + 1);
      tail.push(text.trimEnd());
      onLine(text.trimEnd());
    }
  };
  for await (const chunk of progress) {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') handle(line);
  }
  return id;
}
