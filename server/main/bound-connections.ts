/** How many connections the server holds, and for how long it waits on one. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../people/sign-in/network.ts';
import { stopped } from '../rules/stopped-attacks.ts';

export type ConnectionBounds = { connections: number; connectionsPerAddress: number };

/** A connection on which nothing moves, in either direction. Live connections say something every 25 s. */
const SILENT_MS = 120_000;
const HEADERS_MS = 20_000;
/** Large uploads of operators over a slow line; site/door/bodies.ts gives up earlier, by size. */
const REQUEST_MS = 30 * 60_000;

/** @param isDirect false: every connection is the proxy's, so its address says nothing */
export function boundConnections(server: Server, bounds: ConnectionBounds, isDirect: boolean): void {
  server.maxConnections = bounds.connections;
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.on('drop', (dropped) => {
    stopped('flood', {
      why: `more than ${bounds.connections} connections (web.connections)`,
      from: networkOf(dropped?.remoteAddress ?? ''),
    });
  });
  const busy = new WeakSet<Socket>();
  server.on('request', (req, res) => {
    busy.add(req.socket);
    res.once('close', () => void busy.delete(req.socket));
  });
  server.setTimeout(SILENT_MS, (socket) => {
    // Between two requests it is only a browser that may come back.
    const why = `nothing sent or read for ${SILENT_MS / 1000} s`;
    if (busy.has(socket)) stopped('slow-client', { why, from: addressOf(socket) });
    socket.destroy();
  });
  if (isDirect) boundPerAddress(server, bounds.connectionsPerAddress);
}

const addressOf = (socket: Socket): string => networkOf(socket.remoteAddress ?? '');

function boundPerAddress(server: Server, most: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const from = addressOf(socket);
    const count = (open.get(from) ?? 0) + 1;
    open.set(from, count);
    socket.once('close', () => {
      const left = (open.get(from) ?? 1) - 1;
      if (left > 0) open.set(from, left);
      else open.delete(from);
    });
    if (count <= most) return;
    stopped('flood', {
      why: `more than ${most} connections of one address (web.connectionsPerAddress)`,
      from,
    });
    socket.destroy();
  });
}
