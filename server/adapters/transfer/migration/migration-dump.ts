/** Reads what a migration of a MongoDB database wrote before it began: a folder with one file for each collection. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mongo } from 'mongoose';
import { type CollectionName, collectionNames } from '../../../model/collections.ts';
import { GradeportError } from '../../../rules/errors.ts';
import type { Raw } from '../../mongo/language/schema.ts';
import { META } from '../../mongo/meta.ts';
import { standingOf } from '../../mongo/upkeep/schema-version.ts';

const { EJSON } = mongo.BSON;
/** A document has 16 MiB at most, which take several times as much as text. */
const MAX_LINE = 128 * 2 ** 20;
const FILE = /^([a-zA-Z]{1,60})\.jsonl$/;

/** "mongodb-schema-2-2026-11-30T20-00-00-000Z", as dump.ts names it. */
const FOLDER = /^mongodb-schema-(\d+)-(\d{4}-\d\d-\d\dT[\d-]+Z)$/;

/**
 * What a migration wrote: this folder, or in a folder of several the newest whose documents are known.
 * @throws GradeportError "usage" where there is none
 */
export async function findMigrationDump(folder: string, known: number): Promise<string> {
  const names = await readdir(folder);
  if (names.includes(`${META}.jsonl`)) return folder;
  const dumps = names.flatMap((name) => {
    const [, version = '', stamp = ''] = FOLDER.exec(name) ?? [];
    return version !== '' && Number(version) <= known ? [{ name, stamp }] : [];
  });
  const newest = dumps.toSorted((one, other) => one.stamp.localeCompare(other.stamp)).at(-1);
  if (newest) return join(folder, newest.name);
  throw bad(
    folder,
    `no migration of a MongoDB database wrote documents there that this Gradeport (schema ${known}) knows`,
  );
}

export type MigrationDump = {
  /** Of the documents in it. */
  version: number;
  documents(name: CollectionName): AsyncIterable<Raw>;
};

/** @throws GradeportError "usage" where the folder is something else, or of a Gradeport newer than this one */
export async function openMigrationDump(folder: string, known: number): Promise<MigrationDump> {
  const names = (await readdir(folder)).map((file) => FILE.exec(file)?.[1]);
  const missing = [...collectionNames, META].filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw bad(folder, `it has no ${missing[0]}.jsonl, and so is not what a migration wrote`);
  const version = await versionIn(folder);
  if (version > known)
    throw bad(folder, `its documents have schema ${version}, and this Gradeport knows ${known}`);
  const ours = new Set<string | undefined>([...collectionNames, META]);
  for (const name of names.filter((one) => !ours.has(one)))
    for await (const _ of documentsIn(folder, name ?? ''))
      throw bad(folder, `this Gradeport does not know the documents of ${name}.jsonl`);
  return { version, documents: (name) => documentsIn(folder, name) };
}

async function versionIn(folder: string): Promise<number> {
  for await (const doc of documentsIn(folder, META)) {
    const standing = standingOf(doc);
    if (standing) return standing.version;
  }
  throw bad(folder, `${META}.jsonl does not say which schema the documents have`);
}

async function* documentsIn(folder: string, name: string): AsyncGenerator<Raw> {
  const file = join(folder, `${name}.jsonl`);
  for await (const line of linesIn(file)) {
    // Documents keep the types that the database gave them; of our book-keeping only numbers are of use.
    const doc: unknown = parse(file, line, name === META);
    if (!isRaw(doc)) throw bad(file, 'a line is no document of Gradeport');
    yield doc;
  }
}

const isRaw = (doc: unknown): doc is Raw =>
  typeof doc === 'object' && doc !== null && '_id' in doc && typeof doc._id === 'string';

function parse(file: string, line: string, relaxed: boolean): unknown {
  try {
    return EJSON.parse(line, { relaxed });
  } catch {
    throw bad(file, 'a line is no document');
  }
}

async function* linesIn(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw bad(file, 'a line is longer than any document');
    yield* lines;
  }
  if (rest !== '') throw bad(file, 'it is cut short');
}

const bad = (path: string, why: string): GradeportError =>
  new GradeportError('usage', `${path} cannot be restored: ${why}. Nothing was changed.`);
