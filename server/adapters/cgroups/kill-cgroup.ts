/**
 * Ends every program of a container at once, from the host: the engine takes 100 ms and more to do it, and
 * under a storm of forks far longer. Frozen programs cannot fork, so a kill meets all of them; it takes effect
 * when they thaw. Formats: Linux' cgroup-v1/freezer-subsystem and cgroup-v2 (cgroup.kill, cgroup.freeze).
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** How to stop and start one container's cgroup. */
type Freezer = { folder: string; freeze(): void; isFrozen(): boolean; thaw(): void };

const LONGEST_MS = 1000;
const STEP_MS = 2;

/** @param folder of the container's cgroup: in the freezer's tree (version 1), or the one for all (version 2) */
export function freezerOf(version: 1 | 2, folder: string): Freezer {
  const write = (file: string, text: string) => writeFileSync(`${folder}/${file}`, text);
  if (version === 1) {
    return {
      folder,
      freeze: () => write('freezer.state', 'FROZEN'),
      isFrozen: () => readFileSync(`${folder}/freezer.state`, 'utf8').trim() === 'FROZEN',
      thaw: () => write('freezer.state', 'THAWED'),
    };
  }
  return {
    folder,
    freeze: () => write('cgroup.freeze', '1'),
    isFrozen: () => /^frozen 1$/m.test(readFileSync(`${folder}/cgroup.events`, 'utf8')),
    thaw: () => write('cgroup.freeze', '0'),
  };
}

/** @returns whether the cgroup is empty now; false where this host does not let us end it, or it took too long */
export async function halt(freezer: Freezer): Promise<boolean> {
  const { folder } = freezer;
  const until = performance.now() + LONGEST_MS;
  const waitFor = async (holds: () => boolean): Promise<boolean> => {
    while (!holds()) {
      if (performance.now() > until) return false;
      await pause(STEP_MS);
    }
    return true;
  };
  const isEmpty = () => !existsSync(folder) || programsIn(folder).length === 0;
  try {
    if (existsSync(`${folder}/cgroup.kill`)) {
      writeFileSync(`${folder}/cgroup.kill`, '1');
      return await waitFor(isEmpty);
    }
    freezer.freeze();
    try {
      // Not frozen in time: kill what is there, and leave the rest to the engine.
      await waitFor(freezer.isFrozen);
      for (const pid of programsIn(folder)) kill(pid);
    } finally {
      freezer.thaw();
    }
    return await waitFor(isEmpty);
  } catch {
    // The cgroup went away meanwhile, with all that was in it; or we may not write there.
    return !existsSync(folder);
  }
}

/** In the cgroup and in those below it: in version 2, one that has others below it has no programs of its own. */
function programsIn(folder: string): number[] {
  try {
    const own = readFileSync(`${folder}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number);
    const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...own, ...below.flatMap(({ name }) => programsIn(`${folder}/${name}`))];
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process ended on its own.
  }
}
