/** The environments of a start. One that does not build costs its own tasks: the others grade. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEngine } from '../../adapters/open-engine.ts';
import { type Config, ENVIRONMENTS_FOLDER } from '../../config/config.ts';
import type { Course } from '../../courses/task.ts';
import { ensureRootImage } from '../../environments/builds/bases/root-image.ts';
import {
  DEMO_ENVIRONMENTS,
  type FailedBuild,
  planShipped,
  togetherOf,
  tryShippedEnvironments,
} from '../../environments/builds/bases/shipped-environments.ts';
import type { EnvironmentCatalogue } from '../../environments/discovery/environment.ts';
import { createJobLog, type JobLog } from '../../jobs/job-log.ts';
import type { UnbuiltEnvironment } from '../../model/unbuilt.ts';
import type { Engine } from '../../ports/engine/engine.ts';
import { GradeportError } from '../../rules/errors.ts';
import { colors, createProgress, talk } from '../ui/terminal.ts';
import { done } from './done.ts';

export type Made = {
  unbuilt: UnbuiltEnvironment[];
  /** Writes the logs of failed builds, and removes those of built ones: once the data folder is there. */
  keepLogs(): Promise<void>;
};

export async function makeEnvironments(config: Config, stopped: AbortSignal): Promise<Made> {
  const { baseImage } = config;
  await using engine = closing(openEngine());
  const progress = createProgress();
  try {
    const onLine = (line: string) => progress.line(`  getting ${baseImage}: ${line}`);
    if (await ensureRootImage(engine, baseImage, onLine, stopped)) done('Base image', baseImage);
    const made = await buildThose(engine, ENVIRONMENTS_FOLDER, config.data, progress);
    const others = await planShipped(engine.images, ENVIRONMENTS_FOLDER, null);
    const stale = others.filter(({ state }) => state === 'stale').map(({ recipe }) => recipe.name);
    if (stale.length > 0) {
      talk(colors.dim(`  Older than their Dockerfiles: npx gradeport env build ${stale.join(' ')}`));
    }
    return made;
  } finally {
    progress.end();
  }
}

const closing = (engine: Engine): Engine & AsyncDisposable => ({
  ...engine,
  [Symbol.asyncDispose]: () => engine.close(),
});

/** Fails only where no environment is left to grade with, or the engine is away. */
export async function buildThose(
  engine: Pick<Engine, 'images' | 'builder'>,
  folder: string,
  dataFolder: string,
  progress: ReturnType<typeof createProgress>,
): Promise<Made> {
  const logs = new Map<string, JobLog>();
  const onLine = (name: string, line: string, at: number, of: number): void => {
    const log = logs.get(name) ?? createJobLog();
    logs.set(name, log);
    log.add(line);
    progress.line(`  building environment ${name} (${at} of ${of}): ${line}`);
  };
  const { built, failed } = await tryShippedEnvironments(engine, folder, onLine);
  progress.end();
  if (failed.length > 0 && (await isNothingLeft(engine, folder, failed))) throw togetherOf(failed);
  if (failed.length === 0) done('Environments', built.length > 0 ? `built ${built.join(', ')}` : null);
  else if (built.length > 0) done('Environments', `built ${built.join(', ')}`);
  const place = join(dataFolder, 'build-logs');
  const fileOf = (name: string) => join(place, `${name}.log`);
  const unbuilt = failed.map((one) => unbuiltOf(one, fileOf(one.cause)));
  sayUnbuilt(unbuilt);
  return {
    unbuilt,
    async keepLogs() {
      for (const name of built) await rm(fileOf(name), { force: true });
      for (const cause of new Set(failed.map((one) => one.cause))) {
        await mkdir(place, { recursive: true, mode: 0o700 });
        const lines = [...(logs.get(cause)?.lines() ?? []), ...failed.flatMap((one) => ownWords(one, cause))];
        await writeFile(fileOf(cause), `${lines.join('\n')}\n`, { mode: 0o600 });
      }
    },
  };
}

async function isNothingLeft(
  { images }: Pick<Engine, 'images'>,
  folder: string,
  failed: readonly FailedBuild[],
): Promise<boolean> {
  if (failed.some(({ error }) => error instanceof GradeportError && error.code === 'unreachable'))
    return true;
  const plan = await planShipped(images, folder, null);
  return plan.every(({ recipe, state }) => !DEMO_ENVIRONMENTS.includes(recipe.name) || state === 'missing');
}

/** The failure itself, at the end of the log. */
const ownWords = ({ recipe, cause, error }: FailedBuild, wanted: string): string[] =>
  recipe.name === wanted && cause === wanted ? [firstLine(error)] : [];

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';

const unbuiltOf = ({ recipe, state, error }: FailedBuild, log: string): UnbuiltEnvironment => ({
  name: recipe.name,
  why: `${firstLine(error).replace(/[.:]?$/, '.')}${state === 'stale' ? ' Its older image grades until it is built.' : ''}`,
  log,
  command: `npx gradeport env build ${recipe.name}`,
});

/** Without the tasks that cannot be graded because their environment was not built: that is said elsewhere. */
export function gradableOf(
  course: Course,
  unbuilt: ReadonlySet<string>,
  environments: Pick<EnvironmentCatalogue, 'find'>,
): Course {
  const lacks = (name: string | null) =>
    name !== null && unbuilt.has(name) && environments.find(name) === null;
  return { ...course, tasks: course.tasks.filter(({ environment }) => !lacks(environment)) };
}

export function sayUnbuilt(unbuilt: readonly UnbuiltEnvironment[]): void {
  for (const { name, why, log, command } of unbuilt) {
    talk(`${colors.red('✗')} Environment "${name}" is not built. ${why}`);
    talk(`  Its log: ${log}`);
    talk(`  To try again: ${command}`);
  }
}
