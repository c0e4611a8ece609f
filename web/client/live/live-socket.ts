/** A connection to the server's live events, typed with the shared map. */
import { io, type Socket } from 'socket.io-client';
import type { ClientToServer, ServerToClient } from '../../events.ts';

export type LiveSocket = Socket<ServerToClient, ClientToServer>;

const AFTER_HANG_UP_MS = 1000;

/** Reconnects automatically, quickly at first: a deployment or a train tunnel is short. */
export function connect(): LiveSocket {
  const socket: LiveSocket = io({
    auth: { language: document.documentElement.lang },
    reconnectionDelay: 300,
    reconnectionDelayMax: 4000,
    timeout: 5000,
  });
  socket.on('disconnect', (reason) => {
    // The library does not reconnect in this case. After a sign-out the next attempt is refused, and the page says so.
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), AFTER_HANG_UP_MS);
  });
  return socket;
}
