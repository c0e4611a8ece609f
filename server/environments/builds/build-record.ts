/** What is kept of one build, under which names, and for how long. Pure. */
import { z } from 'zod';

export const buildRecordSchema = z.object({
  name: z.string(),
  version: z.int().positive(),
  /** Of the user who asked for it. */
  by: z.string(),
  /** Of the user who built the name first here, and may build it again. */
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

/** null: another program's file, or one of another version, counts as missing. */
export function readRecord(text: string): BuildRecord | null {
  try {
    return buildRecordSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Folders on disk may hold no longer name. */
export const MAX_NAME_BYTES = 200;
/** As labels allow it; so no name leads out of the folder. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._+-]*$/u;

export const isKeepable = (name: string): boolean =>
  NAME.test(name) && Buffer.byteLength(name) <= MAX_NAME_BYTES;

/** The numbers of builds among the names in a folder, newest first. */
export const versionsIn = (entries: readonly string[]): number[] =>
  entries
    .filter((entry) => /^[1-9]\d{0,8}$/.test(entry))
    .map(Number)
    .sort((a, b) => b - a);

/** A build that begins. @param last the last one of this name that an image came of */
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

/** A build that the server was at when it ended. */
export const cutOff = (record: BuildRecord): BuildRecord => ({
  ...record,
  state: 'stopped',
  sentence: 'The server ended in the middle of it.',
});

/** Of one environment; older ones go. */
const KEPT = 20;

/**
 * Builds that nothing is kept of any more.
 * @param versions newest first
 * @param last stays: it says whose the name is, and what the image was built from
 */
export const outlived = (versions: readonly number[], last: BuildRecord | null): number[] =>
  versions.slice(KEPT).filter((version) => version !== last?.version);
