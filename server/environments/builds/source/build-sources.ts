/**
 * The sources of images that were built here: data/environments/<grading name>/<number>/, with the files in
 * context/, the record in build.json and what the build printed in build.log. Each build has its own, higher number.
 */
import { fstatSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GradeportError } from '../../../rules/errors.ts';
import { onDisk } from '../../../rules/files/byte-names.ts';
import { filesBelow } from '../../../rules/files/files-below.ts';
import { fileBeneath, openFolder } from '../../../rules/files/open-folder.ts';
import { readOpen } from '../../../rules/files/read-open.ts';
import { machineState } from '../../../rules/machine-state.ts';
import {
  type BuildRecord,
  cutOff,
  isKeepable,
  MAX_NAME_BYTES,
  newRecord,
  outlived,
  readRecord,
  versionsIn,
} from '../build-record.ts';
import { type BuildContext, DOCKERFILE } from './build-context.ts';

export type BuildSources = ReturnType<typeof openBuildSources>;

/** Every call to the disk below the folder. */
export const DISK_OF_BUILDS = { mkdir, readdir, readContext, readFile, rename, rm, writeFile };
type Disk = typeof DISK_OF_BUILDS;

/** @param againMs how soon a disk that took nothing is tried again */
export function openBuildSources(folder: string, againMs = 5000, disk: Disk = DISK_OF_BUILDS) {
  const records = openRecords(folder, disk);
  const patiently = createPatientWrites(againMs);
  const { placeOf, contextOf, versions, list, names, lastBuilt, save } = records;
  /** Fails nothing: what cannot be removed now is removed later, or by the next start. */
  const remove = (name: string, version: number): Promise<void> => {
    const place = placeOf(name, version);
    return patiently.write(place, () => disk.rm(place, { recursive: true, force: true })).catch(() => {});
  };
  return {
    get: records.get,
    list,
    contextOf,
    lastBuilt,
    names,
    /**
     * At a start: marks builds that were in progress when the server ended; they do not go on. Removes what is left of
     * those that could not even begin.
     */
    async settle(): Promise<void> {
      for (const name of await names()) {
        // A disk that is full keeps no server from starting.
        const found = await list(name);
        for (const record of found)
          if (record.state === 'building')
            await patiently.write(placeOf(name, record.version), () => save(cutOff(record)));
        const read = new Set(found.map(({ version }) => version));
        for (const version of await versions(name))
          if (!read.has(version) && !(await records.isBegun(name, version))) await remove(name, version);
      }
    },
    /** Keeps the files of a build that begins. */
    async begin(
      about: Pick<BuildRecord, 'name' | 'by' | 'at' | 'image'>,
      files: BuildContext,
    ): Promise<BuildRecord> {
      const { name } = about;
      const version = await records.claim(name);
      const last = await lastBuilt(name);
      const record = newRecord({ ...about, version }, last);
      try {
        await writeContext(disk, contextOf(name, version), files);
        await save(record);
      } catch (error) {
        // A folder without a record is no build: else its number would be there, and nothing to read.
        await remove(name, version);
        throw error;
      }
      for (const old of outlived(await versions(name), last)) await remove(name, old);
      return record;
    },
    /** The end of a build. While the disk takes nothing, it is written as soon as it does. */
    async end(record: BuildRecord, log: readonly string[]): Promise<void> {
      const place = placeOf(record.name, record.version);
      await patiently.write(place, async () => {
        await disk.writeFile(join(place, 'build.log'), `${log.join('\n')}\n`);
        await save(record);
      });
    },
    /** null: the build is gone. */
    dockerfile: (name: string, version: number): Promise<string | null> =>
      disk.readFile(join(contextOf(name, version), DOCKERFILE), 'utf8').catch(() => null),
    log: (name: string, version: number): Promise<string | null> =>
      disk.readFile(join(placeOf(name, version), 'build.log'), 'utf8').catch(() => null),
    /** The build's files, as they were given; null: the build is gone. */
    files: (name: string, version: number): Promise<BuildContext | null> =>
      disk.readContext(contextOf(name, version)),
  };
}

/** Of writes to one place the last counts. A server that ends before leaves the record to the next start. */
function createPatientWrites(againMs: number) {
  const last = new Map<string, () => Promise<void>>();

  async function write(place: string, work: () => Promise<void>): Promise<void> {
    last.set(place, work);
    try {
      await work();
      if (last.get(place) === work) last.delete(place);
    } catch (error) {
      if (machineState(error) === null) throw error;
      setTimeout(() => void again(place, work).catch(() => {}), againMs).unref();
    }
  }

  const again = async (place: string, work: () => Promise<void>) => {
    if (last.get(place) === work) await write(place, work);
  };
  return { write };
}

/** The folders of all builds, and the record in each. */
function openRecords(folder: string, disk: Disk) {
  const placeOf = (name: string, version?: number): string => {
    if (!isKeepable(name)) {
      throw new GradeportError(
        'usage',
        `"${name.slice(0, 50)}" is not a valid name for a build: at most ${MAX_NAME_BYTES} bytes.`,
      );
    }
    return version === undefined ? join(folder, name) : join(folder, name, String(version));
  };

  /** Newest first. */
  const versions = async (name: string): Promise<number[]> =>
    versionsIn(isKeepable(name) ? await disk.readdir(placeOf(name)).catch(() => []) : []);

  async function get(name: string, version: number): Promise<BuildRecord | null> {
    if (!isKeepable(name)) return null;
    const file = join(placeOf(name, version), 'build.json');
    const text = await disk.readFile(file, 'utf8').catch(() => null);
    return text === null ? null : readRecord(text);
  }

  /** Whether there is a record, of whatever version of Gradeport. */
  const isBegun = (name: string, version: number): Promise<boolean> =>
    disk.readFile(join(placeOf(name, version), 'build.json')).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
    );

  /** Newest first. */
  async function list(name: string): Promise<BuildRecord[]> {
    const records = await Promise.all((await versions(name)).map((version) => get(name, version)));
    return records.filter((record) => record !== null);
  }

  async function save(record: BuildRecord): Promise<void> {
    const file = join(placeOf(record.name, record.version), 'build.json');
    await disk.writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
    await disk.rename(`${file}.new`, file);
  }

  /** Two builds at once get two numbers: a folder can be made only once. */
  async function claim(name: string): Promise<number> {
    await disk.mkdir(placeOf(name), { recursive: true });
    for (let version = ((await versions(name))[0] ?? 0) + 1; ; version++) {
      if (await isMade(disk, placeOf(name, version))) return version;
    }
  }

  return {
    placeOf,
    contextOf: (name: string, version: number): string => join(placeOf(name, version), 'context'),
    versions,
    get,
    isBegun,
    list,
    save,
    claim,
    /** All names that have been built here. */
    names: async (): Promise<string[]> =>
      (await disk.readdir(folder).catch(() => [])).filter(isKeepable).sort(),
    /** The last build that made an image; null: none yet. */
    lastBuilt: async (name: string): Promise<BuildRecord | null> =>
      (await list(name)).find(({ state }) => state === 'built') ?? null,
  };
}

/** @returns false when the folder existed already */
const isMade = (disk: Disk, folder: string): Promise<boolean> =>
  disk.mkdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );

async function writeContext(disk: Disk, context: string, files: BuildContext): Promise<void> {
  await disk.mkdir(context);
  for (const [path, { content, executable }] of files) {
    const file = join(context, path);
    await disk.mkdir(onDisk(dirname(file)), { recursive: true });
    await disk.writeFile(onDisk(file), content, { mode: executable ? 0o755 : 0o644, flag: 'wx' });
  }
}

async function readContext(context: string): Promise<BuildContext | null> {
  using top = openFolder(context);
  if (top === null) return null;
  const files: BuildContext = new Map();
  for await (const path of filesBelow(top)) {
    const file = fileBeneath(top, path.split('/'));
    if (file === null) continue;
    const executable = (fstatSync(file).mode & 0o111) !== 0;
    const content = await readOpen(file, () => true);
    if (content !== null) files.set(path, { content, executable });
  }
  return files;
}
