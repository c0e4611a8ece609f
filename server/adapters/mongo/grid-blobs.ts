/**
 * Bytes in GridFS, named by their SHA-256. A file is there once its entry in blobs.files is written, which comes after
 * its pieces: half a file is never read. Format: MongoDB's GridFS specification.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { mongo } from 'mongoose';
import type { Blobs } from '../../ports/store.ts';
import {
  BLOB_KEY,
  blobTooLarge,
  damagedBlob,
  hashOf,
  MAX_BLOB_BYTES,
  noSuchBlob,
} from '../documents/blobs.ts';
import { explain, isDuplicate } from './connection/errors.ts';
import type { Place } from './place.ts';

const BUCKET = 'blobs';
export const BLOB_FILES = `${BUCKET}.files`;
/** The size of one piece: a megabyte makes few of them, and fits well into a document. */
const CHUNK_BYTES = 2 ** 20;
type Entry = { _id: mongo.ObjectId; filename: string; length: number };

/** A file's key is unique: of two writers that store the same at once, one keeps its pieces. */
export const BLOB_INDEX = {
  name: 'gradeport_filename',
  key: { filename: 1 as const },
  unique: true as const,
};

export function createGridBlobs(place: Place): Blobs {
  const { persist } = place;
  const { db } = place.connection;
  if (!db) throw new TypeError('The connection is not open.');
  const bucket = new mongo.GridFSBucket(db, { bucketName: BUCKET, chunkSizeBytes: CHUNK_BYTES });
  const files = db.collection<Entry>(BLOB_FILES);
  const chunks = db.collection(`${BUCKET}.chunks`);
  const entryOf = (key: string) => persist(() => files.findOne({ filename: key }));

  async function upload(key: string, content: Uint8Array): Promise<void> {
    const id = new mongo.ObjectId();
    try {
      await pipeline(Readable.from([content]), bucket.openUploadStreamWithId(id, key));
    } catch (error) {
      await chunks.deleteMany({ files_id: id }).catch(() => {});
      // Another process, or our own try whose answer was lost, stored the same.
      if (!isDuplicate(error) || !(await files.findOne({ filename: key }))) throw error;
    }
  }

  async function get(key: string): Promise<Buffer> {
    const entry = BLOB_KEY.test(key) ? await entryOf(key) : null;
    if (entry === null) throw noSuchBlob(key);
    const content = await persist(() => download(entry));
    if (content === null || hashOf(content) !== key) throw damagedBlob(key);
    return content;
  }

  /** Reads a file; null: pieces are missing. */
  async function download({ _id, length }: Entry): Promise<Buffer | null> {
    if (length > MAX_BLOB_BYTES) return null;
    const parts: Buffer[] = [];
    try {
      for await (const part of bucket.openDownloadStream(_id)) parts.push(part);
    } catch (error) {
      if (error instanceof mongo.MongoGridFSChunkError) return null;
      throw error;
    }
    return Buffer.concat(parts);
  }

  return {
    get,
    async put(content) {
      if (content.byteLength > MAX_BLOB_BYTES) throw blobTooLarge(content.byteLength, MAX_BLOB_BYTES);
      const key = hashOf(content);
      const entry = await entryOf(key);
      if (entry?.length !== content.byteLength) await persist(() => upload(key, content));
      return key;
    },
    async *list() {
      const found = files.find({}, { projection: { filename: 1, length: 1 } }).sort({ filename: 1 });
      try {
        for await (const { filename, length } of found) yield { key: filename, size: length };
      } catch (error) {
        throw explain(error, place.shown);
      }
    },
    async remove(key) {
      const entry = BLOB_KEY.test(key) ? await entryOf(key) : null;
      if (entry === null) return false;
      await persist(() => files.deleteOne({ _id: entry._id }));
      await persist(() => chunks.deleteMany({ files_id: entry._id }));
      return true;
    },
  };
}

/** Removes pieces of uploads that a killed process did not end. A recent upload may still be under way. */
export async function tidyUploads({ connection, persist }: Place, before: Date): Promise<void> {
  const { db } = connection;
  if (!db) throw new TypeError('The connection is not open.');
  const chunks = db.collection(`${BUCKET}.chunks`);
  // An id begins with the time at which it was made.
  const old = { files_id: { $lt: mongo.ObjectId.createFromTime(Math.floor(before.getTime() / 1000)) } };
  const entry = { from: BLOB_FILES, localField: '_id', foreignField: '_id', as: 'entry' };
  const stages = [
    { $match: old },
    { $group: { _id: '$files_id' } },
    { $lookup: entry },
    { $match: { entry: { $size: 0 } } },
  ];
  const left = await persist(() => chunks.aggregate(stages).toArray());
  for (const { _id } of left) await persist(() => chunks.deleteMany({ files_id: _id }));
}
