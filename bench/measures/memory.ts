/** The host memory of one waiting slot, per runtime: its programs, the engine's processes, the kernel. */
import { join } from 'node:path';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { installationOf, loadConfig } from '../../server/config/config.ts';
import { readTask } from '../../server/courses/read-task.ts';
import { readEnvironments } from '../../server/environments/catalogue.ts';
import { findEnvironment } from '../../server/environments/discovery/environments-of-images.ts';
import { findPlace } from '../../server/environments/discovery/placement.ts';
import { sweepWorkspaces } from '../../server/execution/slots/places/workspace.ts';
import { openSlot, type SlotDeps, type SlotRequest } from '../../server/execution/slots/slot.ts';
import { INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import type { Bench, Group } from '../context.ts';
import { COURSE, writeCourse } from '../house/course.ts';
import { makeFolder } from '../house/folder.ts';
import { containerMemory, type HostMemory, memoryAvailable } from '../house/host-memory.ts';
import { firstLine } from '../report/interleave.ts';
import type { Measures, MemoryMeasure } from '../report/results.ts';

const RUNTIMES = ['runc', 'crun'];
const MIB = 2 ** 20;
const slotsOf = ({ quick }: Bench): number => (quick ? 3 : 10);

const KINDS = [
  { suffix: '', students: 0, what: 'a grading container' },
  { suffix: '-student', students: 1, what: 'a grading and a student container' },
] as const;

const TITLES = Object.fromEntries(
  RUNTIMES.flatMap((runtime) =>
    KINDS.map(({ suffix, what }) => [`memory-${runtime}${suffix}`, `waiting slot on ${runtime}: ${what}`]),
  ),
);

export const memory: Group = {
  name: 'memory',
  titles: () => TITLES,
  async measure(bench) {
    await using folder = await makeFolder(bench);
    await writeCourse(folder.path);
    const measures: Measures = {};
    for (const runtime of RUNTIMES) {
      for (const { suffix, students } of KINDS) {
        const name = `memory-${runtime}${suffix}`;
        bench.say(name);
        measures[name] = await attempt(bench, folder.path, runtime, students, TITLES[name] ?? name);
      }
    }
    return measures;
  },
};

async function attempt(
  bench: Bench,
  folder: string,
  runtime: string,
  students: number,
  title: string,
): Promise<Measures[string]> {
  try {
    return await measureSlots(folder, runtime, students, slotsOf(bench), title);
  } catch (error) {
    bench.signal.throwIfAborted();
    return { title, failed: firstLine(error) };
  }
}

async function requestFor(folder: string, runtime: string): Promise<SlotRequest> {
  const engine = openEngine();
  try {
    const { list, runtimes } = await readEnvironments(engine, {});
    const read = await readTask(join(folder, COURSE, 'student'));
    if ('problems' in read) throw new Error(JSON.stringify(read.problems));
    const environments = { find: (name: string) => findEnvironment(list, name), runtimes: () => runtimes };
    const { ceilings } = loadConfig({});
    const place = findPlace({ environments, table: {}, ceilings }, read.task, 'default', runtime);
    return { place, common: null };
  } finally {
    await engine.close();
  }
}

async function measureSlots(
  folder: string,
  runtime: string,
  students: number,
  count: number,
  title: string,
): Promise<MemoryMeasure> {
  const engine = openEngine();
  const instance = `bench:${folder}`;
  const runsFolder = join(folder, 'runs');
  const deps: SlotDeps = {
    containers: engine.containers,
    installation: installationOf(instance),
    runsFolder,
  };
  await using undo = new AsyncDisposableStack();
  undo.defer(() => engine.close());
  undo.defer(async () => void (await sweepWorkspaces(runsFolder)));
  const request = await requestFor(folder, runtime);
  // The first slot does not count: it includes what the engine loads once.
  undo.use(await openSlot(deps, request, students));
  const before = { available: memoryAvailable(), ids: new Set(await idsOf(deps, instance)) };
  for (let made = 0; made < count; made += 1) undo.use(await openSlot(deps, request, students));
  const ids = (await idsOf(deps, instance)).filter((id) => !before.ids.has(id));
  const used = await containerMemory(ids);
  const drop = before.available - memoryAvailable();
  return { title, n: count, ...perSlot(used, drop, count) };
}

const idsOf = async ({ containers }: SlotDeps, instance: string): Promise<string[]> =>
  (await containers.list(INSTANCE_LABEL, instance)).map(({ id }) => id);

function perSlot(used: HostMemory, drop: number, count: number) {
  const mib = (bytes: number) => Math.round((bytes / count / MIB) * 100) / 100;
  const parts = {
    programs: mib(used.programs),
    shims: mib(used.shims),
    kernel: mib(used.kernel),
    files: mib(used.files),
    availableMemoryDrop: mib(drop),
  };
  return { mib: mib(used.programs + used.shims + used.kernel + used.files), parts };
}
