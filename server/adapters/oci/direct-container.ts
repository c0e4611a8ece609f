/**
 * One container, started by the OCI runtime itself. We hold its program's standard streams. The runtime stays beside
 * the container, ends with it, and removes its cgroups.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ContainerEnd, ContainerOutput, RunningContainer } from '../../ports/engine/containers.ts';
import { cgroupsAt, haltAll, makeWithSocketLimit, ranOutOfMemory, readUsage } from '../cgroups/cgroup.ts';
import { boxIn, endByForce } from '../cgroups/end-cgroup.ts';
import type { Launched, Launcher } from './launcher.ts';

export type Order = {
  id: string;
  config: object;
  /** What is mounted before the runtime begins: fstab(5). */
  mounts: string;
  /** Our cgroup, below each tree; the runtime makes and removes one in it. */
  cgroup: string;
  memoryBytes: number;
  socketBytes: number;
  /** The container's own folder, made here. */
  folder: string;
  launcher: Launcher;
  /** The runtime with its general options. */
  runtime: readonly string[];
  output: ContainerOutput;
  /** Called when nothing uses its root file system any more. */
  release(): void;
};

/** Our agents end with their stdin; one that does not is no longer ours. */
const BY_ITSELF_MS = 400;
/** A runtime takes some milliseconds to clean up; after this time we do it ourselves. */
const CLEAN_UP_MS = 5000;
const KILLED = 128 + 9;
/** The exit status of a shell that did not find the program. */
const NO_PROGRAM = 127;

export async function startDirectly(order: Order): Promise<RunningContainer> {
  const { id, folder, output } = order;
  await mkdir(folder, { mode: 0o700 });
  try {
    await writeFile(join(folder, 'config.json'), JSON.stringify(order.config));
    makeWithSocketLimit(boxIn(order.cgroup), order.socketBytes);
    const table = join(folder, 'mounts');
    await writeFile(table, order.mounts);
    const runtime = [...order.runtime, 'run', '--bundle', folder, id];
    const launched = await order.launcher.start(table, runtime);
    return container(
      order,
      launched,
      ending(launched, output, () => ranOutOfMemory(order.cgroup, order.memoryBytes)),
    );
  } catch (error) {
    await endByForce(order.cgroup);
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** @param ranOut whether its memory was used up at some time */
async function ending(
  { stdout, stderr, ended }: Launched,
  output: ContainerOutput,
  ranOut: () => boolean,
): Promise<ContainerEnd> {
  let complaint = '';
  stdout.on('data', output.stdout);
  stderr.on('data', (bytes: Buffer) => {
    if (complaint.length < 1000) complaint += bytes.toString('utf8');
    output.stderr(bytes);
  });
  const code = await ended;
  // The runtime's own words when it could not start the program.
  const hasNoShell = code !== 0 && /`?\/bin\/sh`?\W.*(not found|no such file)/i.test(complaint);
  return { exitCode: hasNoShell ? NO_PROGRAM : code, outOfMemory: code === KILLED && ranOut() };
}

function container(order: Order, launched: Launched, ended: Promise<ContainerEnd>): RunningContainer {
  const { stdin } = launched;
  const cgroups = cgroupsAt(boxIn(order.cgroup));
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const endsWithin = (ms: number) => Promise.race([ended.then(() => true), pause(ms, false, { ref: false })]);
  const remove = async () => {
    stdin.destroy();
    if (!(await endsWithin(BY_ITSELF_MS))) {
      await haltAll(cgroups);
      if (!(await endsWithin(CLEAN_UP_MS))) launched.kill();
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
      if (stdin.writable) stdin.write(bytes);
    },
    ended,
    usage: async () => readUsage(cgroups, isOver),
    // Beside cgroupfs, the runtime makes a cgroup in the tree of every controller.
    uncounted: [],
    halt: () => haltAll(cgroups),
    remove: () => {
      removed ??= remove();
      return removed;
    },
  };
}
