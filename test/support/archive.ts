/** Tar archives as a test wants them, hostile ones too. */
import { buffer } from 'node:stream/consumers';
import tar from 'tar-stream';

export type Entry = Partial<tar.Header> & { name: string; content?: string };

export async function archive(...entries: Entry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { content = '', ...header } of entries) pack.entry(header, content);
  pack.finalize();
  return buffer(pack);
}
