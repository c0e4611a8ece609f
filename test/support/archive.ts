/** Tar archives as a test wants them, hostile ones too. */
import tar, { type Headers } from 'tar-stream';

export type Entry = Partial<Headers> & { name: string; content?: string };

export async function archive(...entries: Entry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { content = '', ...header } of entries) pack.entry(header, content);
  pack.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of pack) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
