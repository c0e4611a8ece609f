/**
 * What images that were built here were built from: data/environments/<grading name>/<number>/, with the files in
 * context/, the record in build.json and what the build printed in build.log. A number is one build; they only grow.
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { GradeportError } from '../../rules/errors.ts';
import { type BuildContext, DOCKERFILE } from './build-context.ts';

export const buildRecordSchema = z.object({
  name: z.string(),
  version: z.int().positive(),
  /** Of the user who asked for it; and of whoever built the name first here, who may build it again. */
  by: z.string(),
  owner: z.string(),
  /** ISO 8601. */
  at: z.string(),
  image: z.string(),
  /** building: still at it, or the server ended in the middle. */
  state: z.enum(['building', 'built', 'failed', 'stopped']),
  /** What it came to, for people. */
  sentence: z.string(),
  /** The image's id; null: none came of it. */
  digest: z.string().nullable(),
});
export type BuildRecord = z.infer<typeof buildRecordSchema>;

export type BuildSources = ReturnType<typeof openBuildSources>;

/** Of one environment; older ones go. */
const KEPT = 20;
/** Folders on disk may hold no longer name. */
const MAX_NAME_BYTES = 200;
/** As labels allow it; so no name leads out of the folder. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._+-]*$/u;

const CUT_OFF = { state: 'stopped', sentence: 'The server ended in the middle of it.' } as const;

export function openBuildSources(folder: string) {
  const isKeepable = (name: string) => NAME.test(name) && Buffer.byteLength(name) <= MAX_NAME_BYTES;
  const placeOf = (name: string, version?: number): string => {
    if (!isKeepable(name)) {
      throw new GradeportError(
        'usage',
        `"${name.slice(0, 50)}" is no name that can be kept: at most ${MAX_NAME_BYTES} bytes.`,
      );
    }
    return version === undefined ? join(folder, name) : join(folder, name, String(version));
  };
  const contextOf = (name: string, version: number): string => join(placeOf(name, version), 'context');

  /** Newest first. */
  async function numbers(name: string): Promise<number[]> {
    const entries = isKeepable(name) ? await readdir(placeOf(name)).catch(() => []) : [];
    const found = entries.filter((entry) => /^[1-9]\d{0,8}$/.test(entry)).map(Number);
    return found.sort((a, b) => b - a);
  }

  async function get(name: string, version: number): Promise<BuildRecord | null> {
    if (!isKeepable(name)) return null;
    const text = await readFile(join(placeOf(name, version), 'build.json'), 'utf8').catch(() => null);
    if (text === null) return null;
    try {
      return buildRecordSchema.parse(JSON.parse(text));
    } catch {
      // Somebody else's file, or one of another version: as if it were not there.
      return null;
    }
  }

  /** Newest first. */
  async function list(name: string): Promise<BuildRecord[]> {
    const records = await Promise.all((await numbers(name)).map((version) => get(name, version)));
    return records.filter((record) => record !== null);
  }

  /** Names that something was built under. */
  const names = async (): Promise<string[]> =>
    (await readdir(folder).catch(() => [])).filter(isKeepable).sort();

  /** The last one that an image came of; null: none yet. */
  const lastBuilt = async (name: string): Promise<BuildRecord | null> =>
    (await list(name)).find(({ state }) => state === 'built') ?? null;

  async function save(record: BuildRecord): Promise<void> {
    const file = join(placeOf(record.name, record.version), 'build.json');
    await writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
    await rename(`${file}.new`, file);
  }

  /** Two at once get two numbers: a folder is made once. */
  async function claim(name: string): Promise<number> {
    await mkdir(placeOf(name), { recursive: true });
    for (let version = ((await numbers(name))[0] ?? 0) + 1; ; version++) {
      const made = await mkdir(placeOf(name, version)).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (made) return version;
    }
  }

  return {
    get,
    list,
    contextOf,
    lastBuilt,
    names,
    /** At a start: builds that the server was at when it ended will not go on. */
    async settle(): Promise<void> {
      for (const name of await names()) {
        for (const record of await list(name)) {
          if (record.state === 'building') await save({ ...record, ...CUT_OFF });
        }
      }
    },
    /** Keeps the files of a build that begins. */
    async begin(
      about: Pick<BuildRecord, 'name' | 'by' | 'at' | 'image'>,
      files: BuildContext,
    ): Promise<BuildRecord> {
      const version = await claim(about.name);
      const context = contextOf(about.name, version);
      await mkdir(context);
      for (const [path, { content, executable }] of files) {
        const file = join(context, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content, { mode: executable ? 0o755 : 0o644, flag: 'wx' });
      }
      const last = await lastBuilt(about.name);
      const begun = { state: 'building', sentence: 'Being built.', digest: null } as const;
      const record: BuildRecord = { ...about, owner: last?.owner ?? about.by, version, ...begun };
      await save(record);
      for (const old of (await numbers(about.name)).slice(KEPT)) {
        // It says whose the name is, and what the image was built from.
        if (old !== last?.version) await rm(placeOf(about.name, old), { recursive: true, force: true });
      }
      return record;
    },
    async end(record: BuildRecord, log: readonly string[]): Promise<void> {
      await writeFile(join(placeOf(record.name, record.version), 'build.log'), `${log.join('\n')}\n`);
      await save(record);
    },
    /** null: it is gone. */
    dockerfile: (name: string, version: number): Promise<string | null> =>
      readFile(join(contextOf(name, version), DOCKERFILE), 'utf8').catch(() => null),
    log: (name: string, version: number): Promise<string | null> =>
      readFile(join(placeOf(name, version), 'build.log'), 'utf8').catch(() => null),
    /** Its files, as they were given; null: it is gone. */
    async files(name: string, version: number): Promise<BuildContext | null> {
      const context = contextOf(name, version);
      const entries = await readdir(context, { recursive: true, withFileTypes: true }).catch(() => null);
      if (entries === null) return null;
      const files: BuildContext = new Map();
      for (const entry of entries.filter((one) => one.isFile())) {
        const path = join(entry.parentPath, entry.name);
        const content = await readFile(path);
        files.set(path.slice(context.length + 1), { content, executable: await isExecutable(path) });
      }
      return files;
    },
  };
}

async function isExecutable(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  return (mode & 0o111) !== 0;
}
