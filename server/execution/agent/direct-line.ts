/**
 * A unix socket straight from the worker to the agent of a container. A message through the engine's streams
 * passes two more programs and takes about 1 ms; a run with one run_student sends about ten. The engine's streams keep
 * their purpose: the container ends with its stdin, and an agent that cannot connect uses them.
 */
import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { DIRECT_LINE } from '../../../grading-api/paths.ts';
import type { Mount } from '../../ports/engine/container-policy.ts';

export type DirectLine = {
  /** How the container gets the socket. */
  mount: Mount;
  /** False when the agent has not connected: the caller then sends through the engine. */
  write(bytes: Uint8Array): boolean;
  /** No other program can connect from now on. */
  closeDoor(): void;
  /** Settles once everything that the agent sent before its end was read; at once when it never connected. */
  over(): Promise<void>;
  close(): void;
};

/** What sockaddr_un holds (unix(7)), its closing 0 included. */
const MAX_PATH_BYTES = 108;
/** A process of the container that outlives the agent could keep the socket open. */
const OVER_MS = 1000;

/**
 * Only root of a container that shares our kernel can connect: the socket is root's own, and only its owner may
 * open it. Elsewhere (gVisor, an engine that is not on this machine) there is none.
 * @param path where the socket is made, in a folder that only Gradeport uses; it goes with the door
 * @returns null where there can be none
 */
export async function openDirectLine(
  path: string,
  onBytes: (bytes: Buffer) => void,
): Promise<DirectLine | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  if (Buffer.byteLength(path) >= MAX_PATH_BYTES) return null;
  let line: Socket | null = null;
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    server.close();
    if (line) return void socket.destroy();
    line = socket;
    socket.on('data', onBytes);
    // "close" follows, and the container's end says why.
    socket.on('error', () => {});
    socket.on('close', () => closed.resolve());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    mount: { source: path, target: DIRECT_LINE, readOnly: true },
    write(bytes) {
      if (!line) return false;
      if (line.writable) line.write(bytes);
      return true;
    },
    closeDoor: () => void server.close(),
    async over() {
      if (line) await Promise.race([closed.promise, pause(OVER_MS, undefined, { ref: false })]);
    },
    close() {
      server.close();
      line?.destroy();
    },
  };
}
