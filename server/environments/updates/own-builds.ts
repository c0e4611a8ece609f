/** Images built here in the browser, for updates: their bases, and how to build them again. */

import type { JobNews } from '../../jobs/port.ts';
import type { Engine } from '../../ports/engine/engine.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { BuildRecord } from '../builds/build-record.ts';
import { fullReference, type LintFacts } from '../builds/dockerfile/facts.ts';
import { lintDockerfile } from '../builds/dockerfile/lint.ts';
import { parseDockerfile } from '../builds/dockerfile/parse.ts';
import { chainOf, type Stage, stagesOf } from '../builds/dockerfile/stages.ts';
import { type BuildConfig, limitsOf } from '../builds/source/build-config.ts';
import { buildLinted, imagesByName } from '../builds/source/build-folder.ts';
import type { BuildSources } from '../builds/source/build-sources.ts';
import { readLabels } from '../discovery/labels.ts';

export type OwnBuild = {
  image: string;
  names: string[];
  /** The images of its FROM lines. */
  bases: string[];
  /** The base whose layers the image begins with; null: none, or unknown. */
  root: string | null;
  build(by: string | null, news: JobNews, stopped: AbortSignal): Promise<void>;
};

export type OwnBuildsDeps = {
  engine: Pick<Engine, 'builder' | 'images'>;
  sources: BuildSources;
  config: BuildConfig;
  refuses: LintFacts['refuses'];
  clock: () => number;
};

/** Builds whose name still leads to the built image; a name that people gave to another image is not rebuilt. */
export async function readOwnBuilds(deps: OwnBuildsDeps): Promise<OwnBuild[]> {
  const { sources, engine } = deps;
  const ids = new Map(
    (await engine.images.list()).flatMap(({ id, tags }) => tags.map((tag) => [tag, id] as const)),
  );
  const found: OwnBuild[] = [];
  for (const name of await sources.names()) {
    const record = await sources.lastBuilt(name);
    const dockerfile = record && (await sources.dockerfile(name, record.version));
    if (!record || !dockerfile || ids.get(fullReference(record.image)) !== record.digest) continue;
    found.push({
      image: fullReference(record.image),
      names: [name],
      ...basesOf(dockerfile),
      build: (by, news, stopped) => rebuild(deps, record, by, news, stopped),
    });
  }
  return found;
}

function basesOf(dockerfile: string): Pick<OwnBuild, 'bases' | 'root'> {
  const stages = stagesOf(parseDockerfile(dockerfile));
  const imageOf = (stage: Stage | undefined) =>
    stage?.base.kind === 'image' && stage.base.reference.sure
      ? fullReference(stage.base.reference.text)
      : null;
  const named = stages.map(imageOf).filter((image) => image !== null);
  return { bases: [...new Set(named)], root: imageOf(chainOf(stages).at(-1)) };
}

/** Builds the same files again, as a new build of the name. */
async function rebuild(
  deps: OwnBuildsDeps,
  old: BuildRecord,
  by: string | null,
  news: JobNews,
  stopped: AbortSignal,
): Promise<void> {
  const { engine, sources, config, refuses, clock } = deps;
  const files = await sources.files(old.name, old.version);
  if (!files) throw new GradeportError('not-found', `The files that ${old.image} was built from are gone.`);
  const at = new Date(clock()).toISOString();
  const record = await sources.begin({ name: old.name, by: by ?? old.by, at, image: old.image }, files);
  const lines: string[] = [];
  const say = (text: string) => {
    lines.push(text);
    news.line(text);
  };
  const end = (state: BuildRecord['state'], sentence: string, digest: string | null = null) =>
    sources.end({ ...record, state, sentence, digest }, lines);
  try {
    const folder = sources.contextOf(record.name, record.version);
    const dockerfile = (await sources.dockerfile(record.name, record.version)) ?? '';
    const { network } = config;
    const images = imagesByName(await engine.images.list());
    // Only operators update, and they may build on every image here.
    const rights = { network, refuses, withholds: () => null };
    const facts = { images, files: [...files.keys()], ...rights, networkHint: '', mustAnnounce: true };
    const limits = limitsOf(config);
    const order = {
      folder,
      tag: record.image,
      labels: {},
      network,
      limits,
      stopped,
      accept: sameName(record),
    };
    const { id } = await buildLinted(engine.builder, lintDockerfile(dockerfile, facts), order, {
      line: say,
      step: () => {},
    });
    await end('built', 'Built again, because what it is built on changed.', id);
  } catch (error) {
    await end(
      stopped.aborted ? 'stopped' : 'failed',
      error instanceof GradeportError ? error.message : 'It failed because of a fault in Gradeport.',
    );
    throw error;
  }
}

const sameName =
  ({ name }: BuildRecord) =>
  ({ labels }: { labels: Record<string, string> }): void => {
    const announced = readLabels(labels)?.name ?? '';
    if (announced === name) return;
    throw new GradeportError(
      'conflict',
      `Its labels say another name by now: "${announced}". Build it by hand.`,
    );
  };
