/** Archives by hand, also such as no honest program would write. */
import { createHash } from 'node:crypto';
import tar from 'tar-stream';

export type TarEntry = Partial<tar.Header> & { name: string; content?: string | Buffer };

export async function makeTar(entries: readonly TarEntry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { content, ...header } of entries) {
    if (content === undefined) pack.entry(header);
    else pack.entry(header, Buffer.from(content));
  }
  pack.finalize();
  return collect(pack as AsyncIterable<Buffer>);
}

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export const hexOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** What an engine saves of an image of one empty layer. */
export function imageEntries(labels: Record<string, string>, tags: string[] | null = null): TarEntry[] {
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Labels: labels } });
  const layer = '1'.repeat(64);
  const manifest = [{ Config: `${hexOf(config)}.json`, RepoTags: tags, Layers: [`${layer}/layer.tar`] }];
  return [
    { name: `${layer}/`, type: 'directory' },
    { name: `${layer}/VERSION`, content: '1.0' },
    { name: `${layer}/layer.tar`, content: Buffer.alloc(1024) },
    { name: `${hexOf(config)}.json`, content: config },
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  ];
}

export const imageIdOf = (entries: readonly TarEntry[]): string => {
  const config = entries.find(({ name }) => /^[0-9a-f]{64}\.json$/.test(name));
  return `sha256:${config?.name.replace('.json', '')}`;
};
