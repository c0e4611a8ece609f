/** Looks at what the container was given: its user, the engine's socket, the data volume. */
import { readdirSync, type Stats, statSync } from 'node:fs';
import type { Place, Surroundings } from './rights.ts';

const USUAL_SOCKET = '/var/run/docker.sock';

export function lookAround(dataPath: string, engine: string): Surroundings {
  const socketPath = socketOf(engine);
  const data = placeAt(dataPath);
  return {
    uid: process.getuid?.() ?? 0,
    socketPath,
    socket: socketPath === null ? null : placeAt(socketPath),
    dataPath,
    data: data && { ...data, isEmpty: data.kind === 'folder' && isEmpty(dataPath) },
  };
}

/** @param engine DOCKER_HOST; "" is the usual socket */
function socketOf(engine: string): string | null {
  if (engine === '') return USUAL_SOCKET;
  return engine.startsWith('unix://') ? engine.slice('unix://'.length) : null;
}

function placeAt(path: string): Place | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? { uid: stats.uid, gid: stats.gid, mode: stats.mode & 0o777, kind: kindOf(stats) } : null;
}

function kindOf(stats: Stats): Place['kind'] {
  if (stats.isSocket()) return 'socket';
  return stats.isDirectory() ? 'folder' : 'other';
}

function isEmpty(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false; // root without its rights may not look into the folder of another user
  }
}
