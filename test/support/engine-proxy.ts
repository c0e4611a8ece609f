/** A socket that leads to the real engine and can be cut: what a server sees when its engine goes away. */
import { rmSync } from 'node:fs';
import net from 'node:net';
import { chooseAddress } from '../../server/adapters/engine-address/choose-address.mjs';

/** Before a test lets DOCKER_HOST lead to a proxy. */
const { place } = chooseAddress();

export type EngineProxy = {
  /** For DOCKER_HOST. */
  host: string;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
};

/** Leads a connection to the machine's engine, with the ends of both directions. */
export function pipeToEngine(client: net.Socket): void {
  if (place.kind !== 'socket')
    throw new Error('The engine of the tests has to have a socket on this machine.');
  const engine = net.connect({ path: place.path, allowHalfOpen: true });
  for (const socket of [client, engine]) socket.on('error', () => socket.destroy());
  client.pipe(engine).pipe(client);
  client.on('close', () => engine.destroy());
  engine.on('close', () => client.destroy());
}

export async function openEngineProxy(path: string): Promise<EngineProxy> {
  const sockets = new Set<net.Socket>();
  let server: net.Server | null = null;
  const hold = (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  };
  const restore = async () => {
    const listening = net.createServer({ allowHalfOpen: true }, (client) => {
      hold(client);
      pipeToEngine(client);
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(path, resolve));
  };
  const cut = async () => {
    for (const socket of sockets) socket.destroy();
    const closing = server;
    server = null;
    if (closing) await new Promise((resolve) => closing.close(resolve));
    rmSync(path, { force: true });
  };
  await restore();
  return { host: `unix://${path}`, cut, restore, close: cut };
}
