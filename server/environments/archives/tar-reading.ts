/** Reads an untrusted tar, entry by entry. */
import { Readable } from 'node:stream';
import tar from 'tar-stream';

export type TarHeader = Pick<tar.Header, 'name' | 'type' | 'linkname' | 'pax'> & { size: number };
export type Content = AsyncIterable<Uint8Array>;

/** Calls back for each entry, in order; an entry that is not read is skipped. Ends the source in every case. */
export async function eachEntry(
  source: Content,
  handle: (header: TarHeader, content: Content) => Promise<'go on' | 'enough'>,
): Promise<void> {
  const extract = tar.extract();
  const reading = Readable.from(source, { objectMode: false });
  reading.on('error', (error) => extract.destroy(error));
  reading.pipe(extract as unknown as NodeJS.WritableStream);
  try {
    for await (const entry of extract) {
      const answer = await handle(entry.header, entry as unknown as Content);
      if (answer === 'enough') return;
      entry.resume();
    }
  } finally {
    reading.destroy();
    extract.destroy();
  }
}

/** @returns null when the content is longer than the limit */
export async function readAll(content: Content, maxBytes: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An entry must be read to its end, or the next one never comes. */
export async function skip(content: Content): Promise<void> {
  for await (const _ of content);
}
