/** As whom Gradeport runs in its container: decided from what is there, before anything of it starts. */

/** The user that the image makes; it owns the data volume. */
export const OWN_ID = 10_001;

export type Place = { uid: number; gid: number; mode: number; kind: 'socket' | 'folder' | 'other' };

export type Surroundings = {
  /** Of this process. */
  uid: number;
  /** The path of the engine's socket; null: the engine is reached over the network. */
  socketPath: string | null;
  /** null: nothing is there. */
  socket: Place | null;
  dataPath: string;
  data: (Place & { isEmpty: boolean }) | null;
};

export type Rights =
  /** Started without root: there is nothing to give up. */
  | { kind: 'as-started' }
  | { kind: 'drop'; uid: number; gid: number; groups: number[]; takeData: boolean }
  | { kind: 'refused'; why: string };

const GROUP_WRITES = 0o020;
const ALL_WRITE = 0o002;

export function rightsIn(surroundings: Surroundings): Rights {
  const why = faultOfSocket(surroundings) ?? faultOfData(surroundings);
  if (why !== null) return { kind: 'refused', why };
  if (surroundings.uid !== 0) return { kind: 'as-started' };
  const { socket, data } = surroundings;
  const groups = socket && (socket.mode & ALL_WRITE) === 0 ? [socket.gid] : [];
  const takeData = data !== null && data.uid !== OWN_ID;
  return { kind: 'drop', uid: OWN_ID, gid: OWN_ID, groups, takeData };
}

function faultOfSocket({ uid, socketPath: path, socket }: Surroundings): string | null {
  if (path === null) return null;
  if (socket?.kind !== 'socket') {
    return (
      `There is no engine's socket at ${path} in this container. docker-compose.yml mounts the one that ` +
      'ENGINE_SOCKET names (/var/run/docker.sock); for an engine elsewhere, set ENGINE_HOST.'
    );
  }
  // Without root there is nothing to give up; the engine says whether this user may use it.
  if (uid !== 0 || (socket.mode & (GROUP_WRITES | ALL_WRITE)) !== 0) return null;
  return (
    `The engine's socket ${path} admits user ${socket.uid} only, and Gradeport does not run as root. ` +
    'Let its group use it: chmod g+rw on the socket, or SocketMode=0660 where systemd makes it.'
  );
}

function faultOfData({ uid, data, dataPath: path }: Surroundings): string | null {
  if (uid !== 0 || data === null || data.isEmpty || data.uid === OWN_ID) return null;
  return (
    `The files in ${path} belong to user ${data.uid}, and Gradeport runs as user ${OWN_ID}. ` +
    `If they are its own, give them to it once: docker run --rm --user 0 --volume VOLUME:${path} ` +
    `--entrypoint chown IMAGE -R ${OWN_ID}:${OWN_ID} ${path}`
  );
}
