/** The bytes of a backup, in order, from a store that may be in use. */
import { createHash } from 'node:crypto';
import type { CollectionName } from '../../model/collections.ts';
import type { TransferNews } from '../transfer/copy.ts';
import { type Counts, mapOf } from '../transfer/load.ts';
import { missingBlobs, readBlob } from '../transfer/missing-blobs.ts';
import { blobsOf } from '../transfer/references.ts';
import { pagesOf, READING_ORDER, type Source } from '../transfer/source.ts';
import { createTally } from '../transfer/tally.ts';
import {
  blobName,
  CHECKS,
  type Checks,
  MANIFEST,
  type Manifest,
  PART_BYTES,
  type Part,
  partName,
} from './format.ts';
import { TAR_END, tarHeader, tarPadding } from './tar.ts';

export type Writing = {
  source: Source;
  /** The store's name, for sentences. */
  shown: string;
  manifest: Manifest;
  allowMissing: boolean;
  news: TransferNews;
  /** Called once everything but the end is written. */
  wrote(checks: Checks): void;
};

export async function* archiveOf(writing: Writing): AsyncGenerator<Buffer> {
  const { source, manifest, news } = writing;
  const mtime = Math.floor(Date.parse(manifest.createdAt) / 1000);
  const parts: Part[] = [];
  const tallies = mapOf(createTally);
  const named = new Set<string>();
  const blobs = { files: 0, bytes: 0 };
  const missing: string[] = [];
  const entry = (name: string, content: Buffer): Buffer[] => [
    tarHeader(name, content.length, mtime),
    content,
    tarPadding(content.length),
  ];

  yield* entry(MANIFEST, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  for (const name of READING_ORDER) {
    for await (const { text, documents } of linesOf(writing, name, tallies[name].add, named)) {
      const content = Buffer.from(text);
      const number = parts.filter((part) => part.name.startsWith(`documents/${name}/`)).length + 1;
      parts.push({ name: partName(name, number), bytes: content.length, sha256: sha256(content), documents });
      yield* entry(partName(name, number), content);
    }
  }
  for (const key of named) {
    news.stopped.throwIfAborted();
    const content = await readBlob(source.blobs, key);
    if (content === null) missing.push(key);
    else {
      blobs.files += 1;
      blobs.bytes += content.length;
      news.progress(`uploads: ${blobs.files} of ${named.size}`);
      yield* entry(blobName(key), content);
    }
  }
  if (missing.length > 0 && !writing.allowMissing) throw missingBlobs(writing.shown, missing);
  const collections = Object.fromEntries(
    READING_ORDER.map((name) => [name, tallies[name].count()]),
  ) as Counts;
  const checks: Checks = { parts, collections, blobs, missing };
  yield* entry(CHECKS, Buffer.from(`${JSON.stringify(checks)}\n`));
  yield TAR_END;
  writing.wrote(checks);
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** Gives a collection as JSON lines, in portions, and notes the uploads that it names. */
async function* linesOf(
  { source, news }: Writing,
  name: CollectionName,
  count: (doc: unknown) => void,
  named: Set<string>,
): AsyncGenerator<{ text: string; documents: number }> {
  let lines: string[] = [];
  let length = 0;
  let total = 0;
  for await (const docs of pagesOf(source, name)) {
    news.stopped.throwIfAborted();
    for (const doc of docs) {
      count(doc);
      for (const key of blobsOf(name, doc)) named.add(key);
      const line = `${JSON.stringify(doc)}\n`;
      lines.push(line);
      length += Buffer.byteLength(line);
      if (length >= PART_BYTES) {
        yield { text: lines.join(''), documents: lines.length };
        [lines, length] = [[], 0];
      }
    }
    total += docs.length;
    news.progress(`${name}: ${total} documents`);
  }
  if (lines.length > 0) yield { text: lines.join(''), documents: lines.length };
}
