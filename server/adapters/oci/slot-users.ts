/**
 * A user of the machine for each slot. Its containers share a user namespace in which every id is itself, but for 4242,
 * which is the slot's number outside: files of images keep their owners, and programs still see 4242. What the kernel
 * counts per user (inotify, descriptors in flight, timers, pending signals) is then a slot's own. The namespace belongs to
 * a second number, its keeper: some counts go to the user that made a namespace, and root's would be shared by all.
 * user_namespaces(7); docs/decisions/0043.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SlotUser, SlotUsers } from '../../ports/engine/slot-users.ts';
import { GradeportError } from '../../rules/errors.ts';
import { weak } from '../../rules/weaknesses.ts';
import { isCgroupThere } from '../cgroups/end-cgroup.ts';
import type { Holder } from './mount-namespace.ts';
import { cgroupOf, isAlive } from './state-folder.ts';
import { lastOf, overlapWith, type UserRange } from './taken-users.ts';

const IDS = 4_294_967_295;
const INSIDE = 4242;

/** Which process of Gradeport has which number: a file for each, with the name of the process's state folder. */
const TAKEN = '/run/gradeport/users';

export type IdMapping = { containerID: number; hostID: number; size: number };

/** Every id once: what 4242 is outside, is 4242's number inside. */
export const uidMappings = (uid: number): IdMapping[] => [
  { containerID: 0, hostID: 0, size: INSIDE },
  { containerID: INSIDE, hostID: uid, size: 1 },
  { containerID: INSIDE + 1, hostID: INSIDE + 1, size: uid - INSIDE - 1 },
  { containerID: uid, hostID: INSIDE, size: 1 },
  { containerID: uid + 1, hostID: uid + 1, size: IDS - uid - 1 },
];
/** The kernel counts nothing per group. */
export const GID_MAPPINGS: readonly IdMapping[] = [{ containerID: 0, hostID: 0, size: IDS }];

const lines = (mappings: readonly IdMapping[]): string =>
  mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join('');

/** The user namespace in which 4242 is this user, and a folder with devices that no other slot has. */
type UserPlaces = { namespace: string; devices: string };

export type OpenUsers = SlotUsers & {
  /** What a container of this user needs, as its runtime sees it. The container begins. */
  placesFor(uid: number, containerId: string): Promise<UserPlaces>;
  close(): void;
};

type Means = { folder: string; owner: string; runtimes: ReadonlySet<string>; range: UserRange };

/**
 * @param folder ours, for the namespaces; they are mounted in the holder's namespace and end with it
 * @param owner the name of our state folder
 */
export function createSlotUsers(
  holder: Holder,
  { folder, owner, runtimes, range }: Means,
  overlaps: (range: UserRange) => string | null = overlapWith,
): OpenUsers {
  mkdirSync(TAKEN, { recursive: true, mode: 0o700 });
  mkdirSync(folder, { mode: 0o700 });
  const mine = new Set<number>();
  const idle: number[] = [];
  const places = new Map<number, Promise<UserPlaces>>();
  const containers = new Map<number, Set<string>>();

  /** Machines may forbid user namespaces; then nothing is lost but that slots share a user. */
  const taken = overlaps(range);
  let areForbidden = taken !== null;
  if (taken !== null) weak('slot-users', takenText(range, taken), OTHER_RANGE);

  const open = (uid: number): Promise<UserPlaces> => {
    const opened = places.get(uid) ?? openPlaces(holder, uid, join(folder, String(uid)));
    places.set(uid, opened);
    opened.catch(() => places.delete(uid));
    return opened;
  };
  /** Something of its last slot may still live, if the kernel did not let go of it. */
  const isFree = (uid: number): boolean => {
    const left = [...(containers.get(uid) ?? [])].filter((id) => isCgroupThere(cgroupOf(id)));
    containers.set(uid, new Set(left));
    return left.length === 0;
  };
  const next = (): number | null => {
    const index = idle.findIndex(isFree);
    if (index >= 0) return idle.splice(index, 1)[0] ?? null;
    for (let slot = 0; slot < range.slots; slot += 1) {
      const uid = range.first + 2 * slot;
      if (mine.has(uid) || !claim(uid, owner)) continue;
      mine.add(uid);
      return uid;
    }
    return null;
  };
  return {
    async take(runtime): Promise<SlotUser | null> {
      if (areForbidden || !runtimes.has(runtime)) return null;
      const uid = next();
      if (uid === null)
        throw new GradeportError(
          'busy',
          `All ${range.slots} users for slots are in use (files in ${TAKEN}).`,
        );
      try {
        await open(uid);
      } catch (error) {
        areForbidden = true;
        idle.push(uid);
        weak('slot-users', forbiddenText(error));
        return null;
      }
      return { uid, release: () => void idle.push(uid) };
    },
    placesFor(uid, containerId) {
      containers.set(uid, (containers.get(uid) ?? new Set()).add(containerId));
      return open(uid);
    },
    close() {
      for (const uid of mine) rmSync(join(TAKEN, String(uid)), { force: true });
    },
  };
}

const OTHER_RANGE =
  'Choose numbers that no one has (slotUsers.first), look them up in your directory service, too, and start again.';
const takenText = (range: UserRange, taken: string): string =>
  `All runs are the same user of this machine, because ${taken}, which is among those for slots, ${range.first} to ` +
  `${lastOf(range)} (slotUsers).`;

const forbiddenText = (error: unknown): string =>
  `All runs are the same user of this machine, because it gives no user namespace to a slot: ${
    error instanceof Error ? error.message : String(error)
  }`;

/** @returns whether the number is ours now */
function claim(uid: number, owner: string): boolean {
  try {
    writeFileSync(join(TAKEN, String(uid)), owner, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Gives back the numbers of dead processes; their containers were ended before. One that still runs keeps its number. */
export function sweepUsers(): void {
  const names = readable(() => readdirSync(TAKEN)) ?? [];
  const dead = names.filter(
    (name) => !isAlive(readable(() => readFileSync(join(TAKEN, name), 'utf8')) ?? ''),
  );
  if (dead.length === 0) return;
  const living = usersOfProcesses();
  for (const name of dead) if (!living.has(name)) rmSync(join(TAKEN, name), { force: true });
}

/** The real users of all processes: proc(5), status. */
const usersOfProcesses = (): Set<string> =>
  new Set(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readable(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '')
      .map((status) => /^Uid:\t(\d+)/m.exec(status)?.[1] ?? ''),
  );

const openPlaces = async (holder: Holder, uid: number, path: string): Promise<UserPlaces> => {
  const [namespace, devices] = await Promise.all([
    openNamespace(holder, uid, path),
    makeDevices(holder, `${path}.dev`),
  ]);
  return { namespace, devices };
};

/** In a user namespace no device can be made: the runtime shows those of /dev, which all runs would share. */
async function makeDevices(holder: Holder, path: string): Promise<string> {
  mkdirSync(path, { mode: 0o755 });
  const options = 'size=64k,nr_inodes=32,mode=755,nosuid,noexec';
  await holder.run('mount', ['-n', '-t', 'tmpfs', '-o', options, 'gradeport', path]);
  await holder.run('cp', ['-a', ...DEVICES.map((name) => `/dev/${name}`), path]);
  return path;
}
/** Those that runtimes put into every container. */
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

const HOLD = 'echo ready; exec cat';

/** A namespace lives while it is mounted somewhere; the process that made it need not. */
async function openNamespace(holder: Holder, uid: number, path: string): Promise<string> {
  const keeper = uid + 1;
  const child = spawn('unshare', ['--user', 'sh', '-c', HOLD], {
    stdio: ['pipe', 'pipe', 'ignore'],
    uid: keeper,
    gid: keeper,
    cwd: '/',
    env: { PATH: process.env['PATH'] },
    // Ctrl-C must reach only us.
    detached: true,
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('This machine gives no user namespace: unshare ended.')));
  });
  ended.catch(() => {});
  try {
    await Promise.race([once(child.stdout, 'data'), ended]);
    writeFileSync(`/proc/${child.pid}/uid_map`, lines(uidMappings(uid)));
    writeFileSync(`/proc/${child.pid}/gid_map`, lines(GID_MAPPINGS));
    writeFileSync(path, '', { mode: 0o600 });
    await holder.run('mount', ['--bind', `/proc/${child.pid}/ns/user`, path]);
    return path;
  } finally {
    child.stdin.on('error', () => {});
    child.stdin.end();
  }
}

/** null: it went away while it was looked at. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
