/** A registry of a few lines on loopback, which can also misbehave: what no real one would send. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** Engines go by the type that is sent with a manifest. */
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

export const sha256 = (bytes: Buffer | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export type FakeRegistry = Awaited<ReturnType<typeof openFakeRegistry>>;

export async function openFakeRegistry() {
  const blobs = new Map<string, Buffer>();
  const handlers = new Map<string, Handler>();
  const asked: { method: string; url: string; authorization: string | null }[] = [];
  /** Before everything else; returns whether it answered. */
  const door: { check: (req: IncomingMessage, res: ServerResponse) => boolean } = { check: () => false };

  const server = createServer((req, res) => {
    const url = req.url ?? '';
    asked.push({ method: req.method ?? '', url, authorization: req.headers.authorization ?? null });
    const own = handlers.get(url.split('?')[0] ?? '');
    if (own) return own(req, res);
    if (door.check(req, res)) return;
    if (url === '/v2/') return void res.end('{}');
    const found = blobs.get(url);
    if (!found) return void res.writeHead(404).end('{"errors":[]}');
    res.setHeader('docker-content-digest', sha256(found));
    if (url.includes('/manifests/')) res.setHeader('content-type', MANIFEST);
    res.setHeader('content-length', found.length);
    res.end(req.method === 'HEAD' ? undefined : found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  function putManifest(repository: string, tag: string, manifest: object): string {
    const bytes = Buffer.from(JSON.stringify(manifest));
    blobs.set(`/v2/${repository}/manifests/${tag}`, bytes);
    blobs.set(`/v2/${repository}/manifests/${sha256(bytes)}`, bytes);
    return sha256(bytes);
  }

  return {
    host,
    asked,
    door,
    /** For one path, instead of what would be there. */
    on: (path: string, handler: Handler) => void handlers.set(path, handler),
    putManifest,
    putBlob(repository: string, content: Buffer): string {
      blobs.set(`/v2/${repository}/blobs/${sha256(content)}`, content);
      return sha256(content);
    },
    /** An image that is nothing but its labels. @returns its digests */
    publish(repository: string, tag: string, labels: Record<string, string>, more: object = {}) {
      const config = Buffer.from(
        JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Labels: labels }, ...more }),
      );
      const id = this.putBlob(repository, config);
      const layers = [
        { mediaType: LAYER, digest: sha256('a'), size: 1000 },
        { mediaType: LAYER, digest: sha256('b'), size: 234 },
      ];
      const about = { mediaType: CONFIG, digest: id, size: config.length };
      const manifest = { schemaVersion: 2, mediaType: MANIFEST, config: about, layers };
      return { id, digest: putManifest(repository, tag, manifest) };
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
