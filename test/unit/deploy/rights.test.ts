/** As whom the container's first process goes on, and what it refuses. */
import { expect, test } from 'vitest';
import { OWN_ID, type Rights, rightsIn, type Surroundings } from '../../../deploy/rights.ts';

const SOCKET = { uid: 0, gid: 998, mode: 0o660, kind: 'socket' } as const;
const DATA = { uid: OWN_ID, gid: OWN_ID, mode: 0o700, kind: 'folder', isEmpty: true } as const;

const around = (changes: Partial<Surroundings>): Surroundings => ({
  uid: 0,
  socketPath: '/var/run/docker.sock',
  socket: SOCKET,
  dataPath: '/data',
  data: DATA,
  ...changes,
});
const drop = (changes: Partial<Rights & { kind: 'drop' }> = {}): Rights => ({
  kind: 'drop',
  uid: OWN_ID,
  gid: OWN_ID,
  groups: [998],
  takeData: false,
  ...changes,
});

test.each<[string, Partial<Surroundings>, Rights]>([
  ['joins the group of the socket', {}, drop()],
  [
    'joins group 0 where the socket is root’s alone',
    { socket: { ...SOCKET, gid: 0 } },
    drop({ groups: [0] }),
  ],
  [
    'joins none for a socket that everybody may use',
    { socket: { ...SOCKET, mode: 0o666 } },
    drop({ groups: [] }),
  ],
  ['joins none for an engine elsewhere', { socketPath: null, socket: null }, drop({ groups: [] })],
  ['takes an empty volume of root', { data: { ...DATA, uid: 0 } }, drop({ takeData: true })],
  ['makes nothing of a data folder that is not there', { data: null }, drop()],
  ['stays as it is without root', { uid: 1000 }, { kind: 'as-started' }],
  [
    'stays as it is without root, whatever the socket and the volume look like',
    { uid: 1000, socket: { ...SOCKET, mode: 0o600 }, data: { ...DATA, uid: 0, isEmpty: false } },
    { kind: 'as-started' },
  ],
])('a container %s', (_, changes, rights) => {
  expect(rightsIn(around(changes))).toEqual(rights);
});

test.each<[string, Partial<Surroundings>, RegExp]>([
  [
    'without a socket',
    { socket: null },
    /no engine's socket at \/var\/run\/docker\.sock.*ENGINE_SOCKET.*ENGINE_HOST/,
  ],
  ['with a folder for a socket', { socket: { ...SOCKET, kind: 'folder' } }, /no engine's socket/],
  ['without root and without a socket', { uid: 1000, socket: null }, /no engine's socket/],
  [
    'with a socket for its owner only',
    { socket: { ...SOCKET, uid: 1000, mode: 0o600 } },
    /admits user 1000 only.*chmod g\+rw/,
  ],
  [
    'with the files of another user',
    { data: { ...DATA, uid: 999, isEmpty: false } },
    /belong to user 999.*chown.*10001:10001 \/data/,
  ],
])('a container %s is refused with what to do', (_, changes, why) => {
  expect(rightsIn(around(changes))).toEqual({ kind: 'refused', why: expect.stringMatching(why) });
});
