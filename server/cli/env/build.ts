/** gradeport env build: builds Gradeport's own images, or a user's folder. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { openEngine } from '../../adapters/open-engine.ts';
import { ENVIRONMENTS_FOLDER, loadConfig } from '../../config/config.ts';
import { buildFolder, buildShipped, lintFolder } from '../../environments/builds/folder-verbs.ts';
import { localImage } from '../../environments/builds/local-image-name.ts';
import { lintLines } from '../../environments/builds/source/build-folder.ts';
import { readEnvironments } from '../../environments/catalogue.ts';
import type { JobNews } from '../../jobs/port.ts';
import { granted } from '../../model/verb.ts';
import type { Engine } from '../../ports/engine/engine.ts';
import { signature } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';
import { historyOf } from '../local/installation.ts';
import { whoRunsThis } from '../local/who-runs-this.ts';
import { untilInterrupted } from '../ui/interrupted.ts';
import { colors, createProgress, data, harmless, json, talk } from '../ui/terminal.ts';
import { takeIn } from './test-new-images.ts';

export type BuildOptions = {
  all?: boolean;
  tag?: string;
  network?: boolean;
  data?: string;
  json?: boolean;
};
type Target = { kind: 'shipped'; name: string } | { kind: 'own'; folder: string };

/** @param open opens the engine; tests stand before it */
export async function buildEnvironments(
  folders: readonly string[],
  options: BuildOptions,
  open: () => Engine = openEngine,
): Promise<void> {
  if (folders.length === 0 && !options.all) {
    throw new GradeportError('usage', 'Name a folder to build, such as environments/cpp, or use --all.');
  }
  const targets = folders.map(targetOf);
  const own = targets.flatMap((target) => (target.kind === 'own' ? [target.folder] : []));
  if (options.network && own.length === 0) {
    throw new GradeportError(
      'usage',
      '--network is for folders of your own; those that come with Gradeport have it.',
    );
  }
  if (options.tag !== undefined && (own.length !== 1 || targets.length !== 1)) {
    throw new GradeportError('usage', '--tag names one image: use it with one folder of your own.');
  }
  const shipped = targets.flatMap((target) => (target.kind === 'shipped' ? [target.name] : []));
  const engine = open();
  try {
    const sinceMs = Date.now();
    const built: string[] = [];
    if (options.all || shipped.length > 0)
      built.push(...(await buildOurs(engine, options.all ? null : shipped)));
    for (const folder of own) built.push(await buildOwn(engine, folder, options));
    await report(engine, built, sinceMs, options);
  } finally {
    await engine.close();
  }
}

/** A name in environments/, a path to it, or any other folder with a Dockerfile. */
function targetOf(given: string): Target {
  const path = resolve(given);
  if (dirname(path) === ENVIRONMENTS_FOLDER && existsSync(join(path, 'Dockerfile'))) {
    return { kind: 'shipped', name: basename(path) };
  }
  if (existsSync(join(path, 'Dockerfile'))) return { kind: 'own', folder: path };
  if (/^[\w.-]+$/.test(given) && existsSync(join(ENVIRONMENTS_FOLDER, given, 'Dockerfile'))) {
    return { kind: 'shipped', name: given };
  }
  throw new GradeportError('not-found', `${given}: there is no folder with a Dockerfile of that name.`);
}

async function buildOurs(engine: Engine, names: readonly string[] | null): Promise<string[]> {
  const { images, builder } = engine;
  const deps = { images, builder, shipped: ENVIRONMENTS_FOLDER };
  const work = await granted(buildShipped(deps, whoRunsThis(), { names }));
  const progress = createProgress();
  let at = '';
  try {
    const news: JobNews = {
      line: (line) => progress.line(`${at}: ${harmless(line)}`),
      progress({ step, done, total }) {
        at = `${done}/${total} ${step}`;
      },
    };
    // Ctrl-C ends the program at once: what is built stays.
    return await work.run(news, new AbortController().signal);
  } finally {
    progress.end();
  }
}

async function buildOwn(engine: Engine, folder: string, options: BuildOptions): Promise<string> {
  const { images, builder } = engine;
  const deps = { images, builder, config: loadConfig({ data: options.data }) };
  const [who, asked] = [whoRunsThis(), { folder, network: options.network === true }];
  const messages = await granted(lintFolder(deps, who, asked));
  for (const line of lintLines(messages.filter(({ severity }) => severity !== 'error'))) {
    talk(colors.yellow(harmless(line)));
  }
  const tag = options.tag ?? localImage(basename(folder));
  const work = await granted(buildFolder(deps, who, { ...asked, tag }));
  using interrupted = untilInterrupted();
  const progress = createProgress();
  let at = '';
  try {
    const news: JobNews = {
      line: (line) => progress.line(`${tag}${at}: ${harmless(line)}`),
      progress({ done, total }) {
        at = ` ${done}/${total}`;
      },
    };
    const { image, size, layers } = await work.run(news, interrupted.signal);
    progress.end();
    talk(`${tag}: ${bytesText(size)} in ${layers} layers.`);
    return image;
  } finally {
    progress.end();
  }
}

/** The samples run if there is an installation; the history then decides whether the image grades. */
async function report(
  engine: Engine,
  built: readonly string[],
  sinceMs: number,
  options: BuildOptions,
): Promise<void> {
  const config = loadConfig({ data: options.data });
  const images = await engine.images.list();
  const digests = images.filter(({ tags }) => built.some((image) => tags.includes(image)));
  const origin = { by: signature(whoRunsThis()), from: 'build' } as const;
  using interrupted = untilInterrupted();
  const brought = new Map(digests.map(({ id }) => [id, origin]));
  if (!(await takeIn(config, brought, sinceMs, interrupted.signal))) process.exitCode = 1;
  const { list } = await readEnvironments(engine, config.runtimes, config.aliases, await historyOf(config));
  const rows = built.map((image) => {
    const environment = list.find((one) => one.image === image);
    return {
      image,
      name: environment?.name ?? null,
      available: environment?.available ?? false,
      reason:
        environment?.reason ??
        'no environment: it has no label org.gradeport.grading.name; images can be built on it.',
    };
  });
  if (options.json) return json(rows);
  for (const { image } of rows) data(image);
  if (rows.length === 0) talk('Nothing to build: all of it is there already.');
  for (const { image, name, available, reason } of rows) {
    if (name !== null && available) talk(`${image} grades as "${name}".`);
    else talk(`${image}: ${reason}`);
  }
}
