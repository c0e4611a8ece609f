/**
 * Dumps every document of the database, whatever its schema, into the data folder: one file for each collection, one
 * document per line, as mongoimport takes it; "gradeport store restore" takes the folder. Uploads are left out: no
 * migration touches them.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { mongo } from 'mongoose';
import { collectionNames } from '../../../model/collections.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { explain } from '../connection/errors.ts';
import { META } from '../meta.ts';

const { EJSON } = mongo.BSON;

/** @param backups null: there is no place for one */
export async function dumpDatabase(
  db: mongo.Db,
  shown: string,
  backups: string | null,
  { version, now }: { version: number; now: number },
): Promise<string> {
  if (backups === null)
    throw new GradeportError(
      'conflict',
      `The database ${shown} must be backed up first: start the server for it.`,
    );
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  const folder = join(backups, `mongodb-schema-${version}-${stamp}`);
  const draft = `${folder}.part`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    for (const name of [...collectionNames, META])
      await dumpCollection(db.collection(name), join(draft, `${name}.jsonl`));
  } catch (error) {
    throw explain(error, shown);
  }
  await rename(draft, folder);
  return folder;
}

async function dumpCollection(collection: mongo.Collection, file: string): Promise<void> {
  async function* lines(): AsyncGenerator<string> {
    for await (const raw of collection.find({}).sort({ _id: 1 }))
      yield `${EJSON.stringify(raw, { relaxed: false })}\n`;
  }
  await pipeline(Readable.from(lines()), createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }));
}
