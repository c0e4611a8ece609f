/** All checks in order; each one uses the thing that it checks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDoor } from '../../adapters/engine-address/engine-door.mjs';
import { openEngine } from '../../adapters/open-engine.ts';
import { askedStarts, type Config, PROJECT_FOLDER } from '../../config/config.ts';
import type { Environment } from '../../environments/discovery/environment.ts';
import { environmentsOf, findEnvironment } from '../../environments/discovery/environments-of-images.ts';
import { listEnvironments } from '../../environments/discovery/list-environments.ts';
import { sweepWorkspaces } from '../../execution/slots/places/workspace.ts';
import type { EngineInfo } from '../../ports/engine/containers.ts';
import type { Engine } from '../../ports/engine/engine.ts';
import { weaknesses } from '../../rules/weaknesses.ts';
import { openLocalGrader } from '../local/open-executor.ts';
import { type Check, fail, sentenceOf, skipped } from './check.ts';
import { clockCheck, installedMs } from './clock.ts';
import { dataChecks } from './data.ts';
import { askEngine } from './engine.ts';
import { isHere, placeCheck } from './engine-place.ts';
import { environmentChecks, gpuCheck, imageCheck } from './images.ts';
import { limitCheck } from './limits.ts';
import { PROBES } from './probes.ts';
import { roomChecks } from './room.ts';
import { networkCheck, runtimeCheck } from './runtimes.ts';
import { storeChecks } from './store.ts';
import { isolationChecks, wayCheck } from './way.ts';
import { addressCheck, portCheck } from './web.ts';

export type Examination = {
  config: Config;
  /** Called with the name of the check that runs now. */
  looking(at: string): void;
  stopped: AbortSignal;
};

export async function examine(examination: Examination): Promise<Check[]> {
  const { config } = examination;
  const door = openDoor();
  const engine = openEngine(askedStarts(config), door);
  try {
    examination.looking('the engine');
    const { info, checks } = await askEngine(engine.containers);
    const place = await placeCheck(door, info !== null);
    const store = await storeChecks(config);
    const newest = store.lastRunAt;
    const pastMs = [installedMs(), ...(newest ? [Date.parse(newest)] : [])];
    const clock = clockCheck({ nowMs: Date.now(), engineMs: info?.clockMs ?? null, pastMs });
    const { check: port, serves } = await portCheck(config);
    return [
      ...checks,
      ...place,
      clock,
      ...(info === null ? [withoutEngine(checks)] : await tryOn(examination, engine, info)),
      ...(await roomChecks('data', config.data)),
      ...(info === null || !isHere(door) ? [] : await imageRoom(info)),
      ...(await dataChecks(config.data)),
      ...store.checks,
      port,
      await addressCheck(config, serves),
    ];
  } finally {
    await engine.close();
  }
}

const withoutEngine = ([engine]: Check[]): Check =>
  skipped('containers', 'Environments, runtimes and limits were not tried.', engine?.next ?? null);

/** The engine may go away in the middle. */
const tryOn = (examination: Examination, engine: Engine, info: EngineInfo): Promise<Check[]> =>
  onEngine(examination, engine, info).catch((error: unknown) => [
    fail('containers', sentenceOf(error), 'Look at the engine, then try again.'),
  ]);

async function onEngine(examination: Examination, engine: Engine, info: EngineInfo): Promise<Check[]> {
  const { config } = examination;
  const way = await wayCheck(engine.containers);
  // Every trial would fail for this.
  if (way.state === 'fail') return [way];
  const list = listEnvironments(
    environmentsOf(await engine.images.list(), info.runtimes, config.runtimes),
    config.aliases,
  );
  const found = findEnvironment(list, config.defaultCpu);
  const environment = found?.available ? found : null;
  return [
    way,
    ...environmentChecks(list, config),
    await imageCheck(engine.images),
    ...(await runtimeChecks(examination, engine, info.runtimes, environment)),
    // The trials of runtimes found out what the machine does not give.
    ...isolationChecks((await engine.containers.way()).name, weaknesses(), config.slotUsers),
    ...(await limitChecks(examination, environment)),
    gpuCheck(list, info.runtimes, config.runtimes),
  ];
}

async function runtimeChecks(
  { config, looking, stopped }: Examination,
  engine: Engine,
  runtimes: readonly string[],
  environment: Environment | null,
): Promise<Check[]> {
  const runsFolder = await mkdtemp(join(tmpdir(), 'gradeport-doctor-'));
  const apiFolder = join(PROJECT_FOLDER, 'grading-api');
  const trials = {
    containers: engine.containers,
    table: config.runtimes,
    environment,
    runsFolder,
    apiFolder,
  };
  const checks: Check[] = [];
  try {
    for (const runtime of runtimes) {
      if (stopped.aborted) break;
      looking(`runtime ${runtime}`);
      checks.push(await runtimeCheck(trials, runtime));
    }
    if (!stopped.aborted) checks.push(await networkCheck(trials));
  } finally {
    await sweepWorkspaces(runsFolder);
    await rm(runsFolder, { recursive: true });
  }
  return checks;
}

async function limitChecks(
  { config, looking, stopped }: Examination,
  environment: Environment | null,
): Promise<Check[]> {
  if (!environment) return [skipped('limits', 'Not tried: no environment can grade.')];
  try {
    await using local = await openLocalGrader(true);
    const checks: Check[] = [];
    for (const probe of PROBES) {
      if (stopped.aborted) break;
      looking(probe.check);
      checks.push(await limitCheck(local.grader, config.defaultCpu, probe, stopped));
    }
    return checks;
  } catch (error) {
    return [skipped('limits', `Not tried: ${sentenceOf(error)}`, 'Look at the engine, then try again.')];
  }
}

/** Only for an engine on this machine: elsewhere the folder of that name is another. */
const imageRoom = ({ folder }: EngineInfo): Promise<Check[]> =>
  folder.startsWith('/') ? roomChecks('images', folder) : Promise.resolve([]);
