/**
 * Looks after the driver's own look at a server. With a server that the driver polls (none of MongoDB's own since 4.4, but
 * servers that speak its protocol), the driver (mongodb 7.8) may ask over a socket that was destroyed a moment before:
 * writing returns false, "drain" never comes, and the driver never looks again. An error of the socket ends that wait.
 */
import type { mongo } from 'mongoose';

/** By then the driver has written its question. */
const WRITTEN_MS = 200;

export function watchHeartbeats(client: mongo.MongoClient): void {
  const waiting = new Map<string, NodeJS.Timeout>();
  const ended = ({ connectionId }: { connectionId: string }): void => {
    clearTimeout(waiting.get(connectionId));
    waiting.delete(connectionId);
  };

  client.on('serverHeartbeatStarted', (event) => {
    ended(event);
    const { connectionId: address } = event;
    waiting.set(address, setTimeout(() => endWait(client, address), WRITTEN_MS).unref());
  });
  client.on('serverHeartbeatSucceeded', ended);
  client.on('serverHeartbeatFailed', ended);
  client.on('serverClosed', ({ address }) => ended({ connectionId: address }));
}

function endWait(client: mongo.MongoClient, address: string): void {
  const servers = inside(client, 'topology', 's', 'servers');
  const server: unknown = servers instanceof Map ? servers.get(address) : null;
  const socket = inside(server, 'monitor', 'connection', 'socket');
  const emit = inside(socket, 'emit');
  // Of a socket that is still there the driver notices a missing answer.
  if (inside(socket, 'destroyed') !== true || typeof emit !== 'function') return;
  emit.call(socket, 'error', new Error('the connection was closed'));
}

/** Of the driver's insides, whose types it does not publish. */
function inside(object: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (found, name) => (typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined),
    object,
  );
}
