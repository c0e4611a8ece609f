/** A connection to the server's live events, typed with the shared map. */
import { io, type Socket } from 'socket.io-client';
import type { ClientToServer, ServerToClient } from '../events.ts';

export type LiveSocket = Socket<ServerToClient, ClientToServer>;

/** Tries again by itself, quickly at first: a deployment or a train tunnel is short. */
export function connect(): LiveSocket {
  return io({ reconnectionDelay: 300, reconnectionDelayMax: 4000, timeout: 5000 });
}
