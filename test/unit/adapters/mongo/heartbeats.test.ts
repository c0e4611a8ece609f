/** The driver's look at a server that it polls: a wait that nothing else would end. */
import { EventEmitter } from 'node:events';
import type { mongo } from 'mongoose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchHeartbeats } from '../../../../server/adapters/mongo/connection/heartbeats.ts';

const ADDRESS = 'db:27017';
const LONG_MS = 1000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** As much of the driver as the watcher looks into. */
function driver(socket: EventEmitter & { destroyed: boolean }) {
  const servers = new Map([[ADDRESS, { monitor: { connection: { socket } } }]]);
  const client = Object.assign(new EventEmitter(), { topology: { s: { servers } } });
  watchHeartbeats(client as unknown as mongo.MongoClient);
  return client;
}

function socketThatIs(state: 'destroyed' | 'open') {
  const socket = Object.assign(new EventEmitter(), { destroyed: state === 'destroyed' });
  const failed = vi.fn();
  socket.on('error', failed);
  return { socket, failed };
}

test('a question over a socket that is gone fails', () => {
  const { socket, failed } = socketThatIs('destroyed');
  driver(socket).emit('serverHeartbeatStarted', { connectionId: ADDRESS });
  vi.advanceTimersByTime(LONG_MS);
  expect(failed).toHaveBeenCalledOnce();
});

test('one over a living socket is left to the driver', () => {
  const { socket, failed } = socketThatIs('open');
  driver(socket).emit('serverHeartbeatStarted', { connectionId: ADDRESS });
  vi.advanceTimersByTime(LONG_MS);
  expect(failed).not.toHaveBeenCalled();
});

test.each([
  ['serverHeartbeatSucceeded', { connectionId: ADDRESS }],
  ['serverHeartbeatFailed', { connectionId: ADDRESS }],
  ['serverClosed', { address: ADDRESS }],
])('%s ends the watch', (name, event) => {
  const { socket, failed } = socketThatIs('destroyed');
  const client = driver(socket);
  client.emit('serverHeartbeatStarted', { connectionId: ADDRESS });
  client.emit(name, event);
  vi.advanceTimersByTime(LONG_MS);
  expect(failed).not.toHaveBeenCalled();
});
