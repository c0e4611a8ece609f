/** The images: whether any can grade, whether Gradeport's own are installed and up to date, and GPUs. */
import { existsSync } from 'node:fs';
import { type Config, ENVIRONMENTS_FOLDER } from '../../config/config.ts';
import {
  DEMO_ENVIRONMENTS,
  type Planned,
  planShipped,
} from '../../environments/builds/bases/shipped-environments.ts';
import type { Environment } from '../../environments/discovery/environment.ts';
import { findEnvironment } from '../../environments/discovery/environments-of-images.ts';
import { traitsOf } from '../../environments/discovery/runtimes.ts';
import type { Images } from '../../ports/engine/images.ts';
import { harmless } from '../ui/terminal.ts';
import { type Check, fail, ok, skipped, warn } from './check.ts';

export function environmentChecks(list: readonly Environment[], config: Config): Check[] {
  const usable = list.filter(({ available }) => available);
  // A waiting or held-back update, and an earlier revision, are normal while another image grades.
  const isBeside = (one: Environment) =>
    one.revision !== undefined && usable.some(({ name }) => name === one.name);
  const unusable = list.filter((one) => !one.available && !isBeside(one));
  const names = usable.map(({ name }) => harmless(name)).join(', ');
  const all =
    usable.length === 0
      ? fail('environments', 'No image can grade.', 'npm start builds those that come with Gradeport.')
      : unusable.length === 0
        ? ok('environments', `${names}.`)
        : warn(
            'environments',
            `${names}. Unusable: ${unusable.map(({ name }) => harmless(name)).join(', ')}.`,
            '"gradeport env list" says why.',
          );
  const keys = config.defaultCpu === config.defaultGpu ? CPU : [...CPU, 'defaultGpu' as const];
  return [all, ...keys.map((key) => defaultCheck(list, key, config))];
}

const CPU = ['defaultCpu'] as const;

/** The environment of tasks that name none. */
function defaultCheck(list: readonly Environment[], key: 'defaultCpu' | 'defaultGpu', config: Config): Check {
  const name = config[key];
  return findEnvironment(list, name)?.available
    ? ok(key, `Tasks that name no environment get "${name}".`)
    : fail(key, `It is "${name}", which cannot grade.`, `Set ${key} to one that "gradeport env list" shows.`);
}

export async function imageCheck(images: Images): Promise<Check> {
  return judgeImages(await planShipped(images, ENVIRONMENTS_FOLDER, null));
}

/** Images of a first start must exist; the others must only be up to date once they exist. */
export function judgeImages(planned: readonly Planned[]): Check {
  const check = 'images of Gradeport';
  const needed = new Set(['base', ...DEMO_ENVIRONMENTS]);
  const names = (state: Planned['state']) =>
    planned.flatMap(({ recipe, state: own }) => (own === state ? [recipe.name] : []));
  const missing = names('missing').filter((name) => needed.has(name));
  const stale = names('stale');
  const todo = [...missing, ...stale];
  if (todo.length === 0) return ok(check, `${names('current').join(', ')}: as new as their Dockerfiles.`);
  const words = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(stale.length > 0 ? [`older than their Dockerfiles or bases: ${stale.join(', ')}`] : []),
  ];
  return warn(check, `${words.join('; ')}.`, `gradeport env build ${todo.join(' ')}`);
}

/** @param device whether the machine has an NVIDIA GPU */
export function gpuCheck(
  list: readonly Environment[],
  runtimes: readonly string[],
  table: Config['runtimes'],
  device = existsSync('/dev/nvidiactl'),
): Check {
  const check = 'GPU';
  const needing = list.filter(({ needGpu }) => needGpu).map(({ name }) => harmless(name));
  const runtime = runtimes.find((name) => traitsOf(name, table)?.gpu);
  const install = 'Install the NVIDIA container toolkit, which includes the runtime.';
  if (runtime !== undefined && device) return ok(check, `Runtime ${runtime} gives containers the GPU.`);
  if (runtime !== undefined) {
    const next = 'Install the driver: nvidia-smi must work on this machine.';
    return warn(check, `There is the runtime ${runtime}, but no GPU of NVIDIA's.`, next);
  }
  if (needing.length > 0) return fail(check, `No runtime has one; ${needing.join(', ')} need it.`, install);
  return device
    ? warn(check, 'The machine has one, but no runtime gives it to containers.', install)
    : skipped(check, 'There is none, and no environment needs one.');
}
