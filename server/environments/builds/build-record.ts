/** What is kept of one build, under which names, and for how long. Pure. */
import { z } from 'zod';

export const buildRecordSchema = z.object({
  name: z.string(),
  version: z.int().positive(),
  /** The name of the user who requested the build. */
  by: z.string(),
  /** The name of the user who first built this name here, and may build it again. */
  owner: z.string(),
  /** ISO 8601. */
  at: z.string(),
  image: z.string(),
  /** building: in progress, or the server ended during the build. */
  state: z.enum(['building', 'built', 'failed', 'stopped']),
  /** The outcome, for people. */
  sentence: z.string(),
  /** The image's id; null: the build made no image. */
  digest: z.string().nullable(),
});
export type BuildRecord = z.infer<typeof buildRecordSchema>;

/** null: a file of another program or another version counts as missing. */
export function readRecord(text: string): BuildRecord | null {
  try {
    return buildRecordSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The file system allows no longer folder name. */
export const MAX_NAME_BYTES = 200;
/** The characters that labels allow, so that no name leads out of the folder. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._+-]*$/u;

export const isKeepable = (name: string): boolean =>
  NAME.test(name) && Buffer.byteLength(name) <= MAX_NAME_BYTES;

/** The numbers of builds among the names in a folder, newest first. */
export const versionsIn = (entries: readonly string[]): number[] =>
  entries
    .filter((entry) => /^[1-9]\d{0,8}$/.test(entry))
    .map(Number)
    .sort((a, b) => b - a);

/** The record of a build that begins. @param last the last build of this name that made an image */
export const newRecord = (
  about: Pick<BuildRecord, 'name' | 'by' | 'at' | 'image' | 'version'>,
  last: BuildRecord | null,
): BuildRecord => ({
  ...about,
  owner: last?.owner ?? about.by,
  state: 'building',
  sentence: 'Being built.',
  digest: null,
});

/** The record of a build that was in progress when the server ended. */
export const cutOff = (record: BuildRecord): BuildRecord => ({
  ...record,
  state: 'stopped',
  sentence: 'The server ended in the middle of it.',
});

/** How many builds of one environment are kept; older ones are removed. */
const KEPT = 20;

/**
 * Builds of which nothing is kept any more.
 * @param versions newest first
 * @param last is always kept: it says who owns the name, and what the image was built from
 */
export const outlived = (versions: readonly number[], last: BuildRecord | null): number[] =>
  versions.slice(KEPT).filter((version) => version !== last?.version);
