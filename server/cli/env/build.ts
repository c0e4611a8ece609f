/** gradeport env build: builds Gradeport's own images, or a user's folder. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { openEngine } from '../../adapters/open-engine.ts';
import { ENVIRONMENTS_FOLDER, loadConfig } from '../../config/config.ts';
import { limitsOf } from '../../environments/builds/build-config.ts';
import { buildLinted, lintLines } from '../../environments/builds/build-folder.ts';
import { lintOf } from '../../environments/builds/folder-verbs.ts';
import { localImage } from '../../environments/builds/local-image-name.ts';
import { buildShippedEnvironments } from '../../environments/builds/shipped-environments.ts';
import { readEnvironments } from '../../environments/catalogue.ts';
import type { Engine } from '../../ports/engine.ts';
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

export async function buildEnvironments(folders: readonly string[], options: BuildOptions): Promise<void> {
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
  const engine = openEngine();
  try {
    const sinceMs = Date.now();
    const built: string[] = [];
    if (options.all || shipped.length > 0)
      built.push(...(await buildShipped(engine, options.all ? null : shipped)));
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

async function buildShipped(engine: Engine, names: readonly string[] | null): Promise<string[]> {
  const progress = createProgress();
  try {
    const built = await buildShippedEnvironments(
      engine,
      ENVIRONMENTS_FOLDER,
      (name, line, at, of) => progress.line(`${at}/${of} ${name}: ${harmless(line)}`),
      names,
    );
    return built.map((name) => `gradeport/${name}:latest`);
  } finally {
    progress.end();
  }
}

async function buildOwn(engine: Engine, folder: string, options: BuildOptions): Promise<string> {
  const config = loadConfig({ data: options.data });
  const network = options.network || config.build.network;
  const lint = await lintOf({ images: engine.images, config }, folder, network);
  for (const line of lintLines(lint.messages.filter(({ severity }) => severity !== 'error'))) {
    talk(colors.yellow(harmless(line)));
  }
  const tag = options.tag ?? localImage(basename(folder));
  using interrupted = untilInterrupted();
  const limits = limitsOf(config.build);
  const order = { folder, tag, labels: {}, network, limits, stopped: interrupted.signal };
  const progress = createProgress();
  let at = '';
  try {
    const { size, layers } = await buildLinted(engine.builder, lint, order, {
      line: (line) => progress.line(`${tag}${at}: ${harmless(line)}`),
      step({ number, of }) {
        at = ` ${number}/${of}`;
      },
    });
    progress.end();
    talk(`${tag}: ${bytesText(size)} in ${layers} layers.`);
    return tag.includes(':') ? tag : `${tag}:latest`;
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
