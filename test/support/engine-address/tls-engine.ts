/** The engine of this machine at a port with TLS, which asks for a client certificate: as dockerd --tlsverify. */
import { readFileSync } from 'node:fs';
import type net from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { pipeToEngine } from '../engine-proxy.ts';
import { listenOn } from './listen-on.ts';

export type TlsEngine = { host: string; connections(): number; close(): Promise<void> };

/**
 * @param folder with cert.pem, key.pem and ca.pem
 * @param serve what a connection leads to: the engine, where a test does not need another thing
 */
export async function openTlsEngine(
  folder: string,
  serve: (client: net.Socket) => void = pipeToEngine,
): Promise<TlsEngine> {
  const read = (name: string) => readFileSync(join(folder, name));
  const files = { cert: read('cert.pem'), key: read('key.pem'), ca: read('ca.pem') };
  let connections = 0;
  const server = tls.createServer({ ...files, requestCert: true, allowHalfOpen: true }, (client) => {
    connections += 1;
    serve(client);
  });
  server.on('tlsClientError', () => {});
  const { port, close } = await listenOn(server);
  return { host: `tcp://127.0.0.1:${port}`, connections: () => connections, close };
}
