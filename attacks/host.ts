/** Checks the machine outside the containers: is anything of a run left, is everything else unchanged? */
import { lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SLOT_LABEL } from '../server/ports/engine/container-labels.ts';
import type { Containers } from '../server/ports/engine/containers.ts';

/** Containers are removed a moment after the end of their run is reported. */
const PATIENCE_MS = 8_000;
const PERIOD_MS = 50;

/** The containers of an engine, with a record of those started through it. */
export type Witness = { containers: Containers; ids: Set<string>; slots: Set<string> };

export function witness(containers: Containers): Witness {
  const ids = new Set<string>();
  const slots = new Set<string>();
  return {
    ids,
    slots,
    containers: {
      ...containers,
      async start(spec, output) {
        slots.add(spec.labels[SLOT_LABEL] ?? '');
        const container = await containers.start(spec, output);
        ids.add(container.id);
        return container;
      },
    },
  };
}

async function leftovers({ containers, ids, slots }: Witness, runsFolder: string): Promise<string[]> {
  const [alive, mounts, folders, processes] = await Promise.all([
    Promise.all([...slots].map((slot) => containers.list(SLOT_LABEL, slot))),
    readFile('/proc/self/mountinfo', 'utf8').catch(() => ''),
    readdir(runsFolder).catch(() => []),
    processesIn(ids),
  ]);
  const ofUs = (text: string) => [...slots].some((slot) => text.includes(slot));
  return [
    ...alive.flat().map(({ id }) => `container ${id.slice(0, 12)} is still there`),
    ...mounts
      .split('\n')
      .filter(ofUs)
      .map((line) => `mount ${line.split(' ')[4]} is still there`),
    ...folders.filter(ofUs).map((name) => `folder ${name} is still there`),
    ...processes.map((line) => `process ${line} still runs`),
  ];
}

/** Processes of this machine in the control groups of these containers. */
async function processesIn(ids: ReadonlySet<string>): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
      const id = /[0-9a-f]{64}/.exec(groups)?.[0];
      if (id === undefined || !ids.has(id)) return [];
      const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '?');
      return [`${pid} (${command.trim()})`];
    }),
  );
  return found.flat();
}

/** @returns what is left of these runs after a short wait */
export async function leftOf(seen: Witness, runsFolder: string): Promise<string[]> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const left = await leftovers(seen, runsFolder);
    if (left.length === 0 || performance.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, PERIOD_MS));
  }
}

export type Canaries = { disturbed(): Promise<string[]>; [Symbol.asyncDispose](): Promise<void> };

const CONTENT = 'a file that no run may touch\n';

/** Files in places that an escape would reach first; everyone may read them. */
export async function placeCanaries(runsFolder: string): Promise<Canaries> {
  const name = `gradeport-canary-${process.pid}`;
  const paths = [join(runsFolder, name), join(tmpdir(), name)];
  for (const path of paths) await writeFile(path, CONTENT, { mode: 0o644, flag: 'wx' });
  const look = async (path: string) => {
    try {
      const { mode, uid, gid, mtimeMs, nlink } = await lstat(path);
      return JSON.stringify([mode, uid, gid, mtimeMs, nlink, await readFile(path, 'utf8')]);
    } catch (error) {
      return String(error);
    }
  };
  const before = await Promise.all(paths.map(look));
  return {
    async disturbed() {
      const now = await Promise.all(paths.map(look));
      return paths.filter((_, index) => now[index] !== before[index]).map((path) => `${path} was changed`);
    },
    async [Symbol.asyncDispose]() {
      for (const path of paths) await rm(path, { force: true });
    },
  };
}
