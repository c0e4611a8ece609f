/** gradeport doctor: looks at everything a run needs, by doing it, and says what to do. */
import { existsSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { loadConfig, PROJECT_FOLDER } from '../config.ts';
import { defaultLimits } from '../core/limits.ts';
import { openEngine } from '../engine/open.ts';
import type { Engine } from '../engine/port.ts';
import { findEnvironment } from '../environments/announced.ts';
import { readEnvironments } from '../environments/catalogue.ts';
import type { Environment } from '../environments/environment.ts';
import { traitsOf } from '../environments/runtimes.ts';
import { tryRuntime } from '../grading/try-runtime.ts';
import { sweepWorkspaces } from '../grading/workspace.ts';
import { colors, data, formatBytes, json } from './terminal.ts';

type DoctorOptions = { data?: string; json?: boolean; attack?: boolean; runtime?: string; only?: string };
type Check = { check: string; ok: boolean; detail: string; advice: string };
const LOW_DISK_BYTES = 2 * 2 ** 30;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check everything that grading needs, by really running it')
    .option('--data <folder>', 'data folder of the installation')
    .option('--json', 'print a JSON array of { check, ok, detail, advice }, or of attacks')
    .option('--attack', 'hand in known attacks instead, on every runtime, and see whether each is held')
    .option('--runtime <name>', 'with --attack: on this runtime only')
    .option('--only <name>', 'with --attack: only this attack, or this group of attacks')
    .action(async (options: DoctorOptions) => {
      if (options.attack) {
        // Loaded when asked for: making the hostile archives takes a moment.
        const { attack } = await import('./doctor-attack.ts');
        if (!(await attack(options))) process.exitCode = 1;
        return;
      }
      const engine = openEngine();
      try {
        const checks = await examine(engine, options.data);
        if (options.json) json(checks);
        else for (const check of checks) data(lineOf(check));
        if (checks.some(({ ok }) => !ok)) process.exitCode = checks[0]?.ok === false ? 5 : 1;
      } finally {
        engine.close();
      }
    });
}

function lineOf({ check, ok, detail, advice }: Check): string {
  const mark = ok ? colors.green('✓') : colors.red('✗');
  return `${mark} ${check}: ${detail}${ok || advice === '' ? '' : `\n    ${advice}`}`;
}

async function examine(engine: Engine, dataFolder: string | undefined): Promise<Check[]> {
  const config = loadConfig({ data: dataFolder });
  const disk = await checkDisk(config.data);
  const mounts = checkMounts();
  let info: Awaited<ReturnType<Engine['info']>>;
  try {
    info = await engine.info();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [{ check: 'engine', ok: false, detail, advice: 'npm run engine -- start' }, disk, mounts];
  }
  const { list } = await readEnvironments(engine, config.runtimes, config.aliases);
  const probe = findEnvironment(list, 'default');
  const checks: Check[] = [
    {
      check: 'engine',
      ok: true,
      detail: `${info.name}, API ${info.apiVersion}, ${info.storageDriver}, cgroup v${info.cgroupVersion}, ${info.cpus} processors, ${formatBytes(info.memoryBytes)}`,
      advice: '',
    },
    disk,
    mounts,
    {
      check: 'environments',
      ok: list.some(({ available }) => available),
      detail:
        list.map(({ name, available }) => (available ? name : `${name} (unusable)`)).join(', ') || 'none',
      advice:
        'npm start builds those that come with Gradeport; "gradeport env list" says why one is unusable.',
    },
  ];
  for (const runtime of info.runtimes) checks.push(await checkRuntime(engine, runtime, probe));
  return checks;
}

async function checkDisk(folder: string): Promise<Check> {
  // A folder that is to be made lies on the disk of the nearest one that is there.
  let place = folder;
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize } = await statfs(place);
  const free = bavail * bsize;
  return {
    check: 'disk',
    ok: free > LOW_DISK_BYTES,
    detail: `${formatBytes(free)} free for ${folder}`,
    advice: 'Free some space; "docker image prune" removes images without a name.',
  };
}

function checkMounts(): Check {
  const isRoot = process.getuid?.() === 0;
  return {
    check: 'student folders',
    ok: isRoot,
    detail: isRoot
      ? 'size and number of files are limited'
      : 'their size is not limited: only root may mount them',
    advice: 'Run Gradeport as root, or in a container with CAP_SYS_ADMIN.',
  };
}

async function checkRuntime(
  engine: Engine,
  runtime: string,
  environment: Environment | null,
): Promise<Check> {
  const check = `runtime ${runtime}`;
  const traits = traitsOf(runtime, loadConfig({}).runtimes);
  if (!traits) return { check, ok: true, detail: 'unknown to Gradeport; nothing runs on it', advice: '' };
  if (!environment)
    return {
      check,
      ok: false,
      detail: 'not tried: there is no environment "default"',
      advice: 'npm start builds it.',
    };
  const runsFolder = join(tmpdir(), `gradeport-doctor-${process.pid}`);
  try {
    const place = {
      environment,
      runtime,
      traits,
      limits: { ...defaultLimits, wallMs: 20_000 },
      network: false,
      asRoot: false,
    };
    const { startMs, problem } = await tryRuntime({
      engine,
      place,
      runsFolder,
      apiFolder: join(PROJECT_FOLDER, 'grading-api'),
    });
    return {
      check,
      ok: problem === null,
      detail: problem ?? `a container was ready in ${startMs.toFixed(0)} ms`,
      advice: `docker run --rm --runtime ${runtime} ${environment.image} true`,
    };
  } finally {
    await sweepWorkspaces(runsFolder);
    await rm(runsFolder, { recursive: true });
  }
}
