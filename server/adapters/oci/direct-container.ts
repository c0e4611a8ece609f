/**
 * One container, started by the OCI runtime itself: its program's standard streams are ours, and its end is known
 * from its runtime's, which stays beside it and takes its cgroups away.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ContainerEnd, ContainerOutput, RunningContainer } from '../../ports/containers.ts';
import { cgroupsAt, haltAll, ranOutOfMemory, readUsage } from '../cgroups/cgroup.ts';
import { boxIn, endByForce } from '../cgroups/end-cgroup.ts';

export type Order = {
  id: string;
  config: object;
  /** Of ours, below each tree; the runtime makes and removes one in it. */
  cgroup: string;
  memoryBytes: number;
  /** Of this container, made here. */
  folder: string;
  /** The runtime with its general options, as it is called in the holder's namespace. */
  runtime: readonly [string, ...string[]];
  output: ContainerOutput;
  /** When nothing uses its root file system any more. */
  release(): void;
};

/** Our agents end with their stdin; one that does not is not ours any more. */
const BY_ITSELF_MS = 400;
/** A runtime takes some milliseconds to clean up; without it we do. */
const CLEAN_UP_MS = 5000;
const KILLED = 128 + 9;
/** As a shell says that there is no such program. */
const NO_PROGRAM = 127;

export async function startDirectly(order: Order): Promise<RunningContainer> {
  const { id, folder, output, runtime } = order;
  await mkdir(folder, { mode: 0o700 });
  try {
    await writeFile(join(folder, 'config.json'), JSON.stringify(order.config));
    const [program, ...options] = runtime;
    const child = spawn(program, [...options, 'run', '--bundle', folder, id], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Nothing of ours; secrets of the configuration may be among our variables.
      env: { PATH: process.env['PATH'] },
      // Ctrl-C is for us, and we end it in order.
      detached: true,
    });
    const held = hold(child, output, () => ranOutOfMemory(order.cgroup, order.memoryBytes));
    await held.spawned;
    return container(order, child, held);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

type Held = { spawned: Promise<void>; ended: Promise<ContainerEnd> };

/** @param ranOut whether its memory was used up at some time */
function hold(child: ChildProcess, output: ContainerOutput, ranOut: () => boolean): Held {
  const spawned = Promise.withResolvers<void>();
  const end = Promise.withResolvers<ContainerEnd>();
  let complaint = '';
  child.once('spawn', () => spawned.resolve());
  child.once('error', (error) => {
    spawned.reject(error);
    end.resolve({ exitCode: null, outOfMemory: false });
  });
  child.stdin?.on('error', () => {}); // it ended; what was on its way is of no use
  child.stdout?.on('data', output.stdout);
  child.stderr?.on('data', (bytes: Buffer) => {
    if (complaint.length < 1000) complaint += bytes.toString('utf8');
    output.stderr(bytes);
  });
  child.once('close', (code) => {
    // The runtime's own words when it could not begin.
    const hasNoShell = code !== 0 && /`?\/bin\/sh`?\W.*(not found|no such file)/i.test(complaint);
    end.resolve({ exitCode: hasNoShell ? NO_PROGRAM : code, outOfMemory: code === KILLED && ranOut() });
  });
  return { spawned: spawned.promise, ended: end.promise };
}

function container(order: Order, child: ChildProcess, held: Held): RunningContainer {
  const { ended } = held;
  const cgroups = cgroupsAt(boxIn(order.cgroup));
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const endsWithin = (ms: number) => Promise.race([ended.then(() => true), pause(ms, false, { ref: false })]);
  const remove = async () => {
    child.stdin?.destroy();
    if (!(await endsWithin(BY_ITSELF_MS))) {
      await haltAll(cgroups);
      if (!(await endsWithin(CLEAN_UP_MS))) child.kill('SIGKILL');
    }
    await ended;
    await endByForce(order.cgroup);
    await rm(order.folder, { recursive: true, force: true });
    order.release();
  };
  let removed: Promise<void> | null = null;
  return {
    id: order.id,
    write: (bytes) => {
      if (child.stdin?.writable) child.stdin.write(bytes);
    },
    ended,
    usage: async () => readUsage(cgroups, isOver),
    halt: () => haltAll(cgroups),
    remove: () => {
      removed ??= remove();
      return removed;
    },
  };
}
