/** Where clients of a proxy come in: a port of loopback that can be closed and opened again. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import type { Certificate } from './certificate.ts';

export type Door = {
  readonly port: number;
  /** True: ends all connections and takes no new ones. */
  refuse(on: boolean): Promise<void>;
  /** Ends all connections. */
  drop(): void;
};

export async function openDoor(
  certificate: Certificate | null,
  onClient: (client: Socket) => void,
): Promise<Door> {
  const server = certificate ? tls.createServer(certificate, onClient) : createServer(onClient);
  const sockets = new Set<Socket>();
  // Of TLS too, this is the socket below.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listen(server, 0);
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    drop,
    async refuse(on) {
      if (on === !server.listening) return;
      if (!on) return void (await listen(server, port));
      const closed = once(server, 'close');
      server.close();
      drop();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the proxy has no port');
  return address.port;
}
