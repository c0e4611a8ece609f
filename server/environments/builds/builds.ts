/** Builds that people ask for in the browser: looked at first, then a job, its sources kept. */

import type { Job, JobNews, Jobs } from '../../jobs/port.ts';
import type { BuiltImage } from '../../ports/builder.ts';
import type { Engine } from '../../ports/engine.ts';
import { type Actor, can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { EnvironmentCatalogue } from '../discovery/environment.ts';
import { type Announcement, readLabels } from '../discovery/labels.ts';
import { chooseRuntime, type RuntimeTable } from '../discovery/runtimes.ts';
import type { Revisions } from '../revisions/port.ts';
import { withheldFrom } from './bases.ts';
import { type BuildConfig, limitsOf } from './build-config.ts';
import { type BuildContext, DOCKERFILE } from './build-context.ts';
import { buildLinted, imagesByName } from './build-folder.ts';
import { type BuildOutcome, resultOf, seen, sentenceOf, testedSentence } from './build-result.ts';
import type { BuildRecord, BuildSources } from './build-sources.ts';
import { templatesFor } from './build-templates.ts';
import type { LintFacts } from './dockerfile/facts.ts';
import { hasErrors, type Lint, lintDockerfile } from './dockerfile/lint.ts';
import { localImage } from './local-image-name.ts';
import { createBuildNames } from './who-may-build-a-name.ts';

/** What an image would be, told before it is built. */
export type Preview = { announces: Announcement; image: string; runtime: string | null; reason: string };
/** refusal: why this user may not take its names, in a sentence. */
export type Checked = { lint: Lint; preview: Preview | null; refusal: string | null };
export type Builds = ReturnType<typeof createBuilds>;

export type BuildsDeps = {
  engine: Pick<Engine, 'builder' | 'images'>;
  environments: Pick<EnvironmentCatalogue, 'list' | 'runtimes' | 'onChange'>;
  jobs: Pick<Jobs, 'start' | 'log' | 'list' | 'onChange'>;
  sources: BuildSources;
  config: BuildConfig;
  runtimes: RuntimeTable;
  /** Tests what was built; null: nobody does. */
  revisions: Pick<Revisions, 'announce' | 'test'> | null;
  /** Why an image may not be built on; null: it may. */
  refuses?: LintFacts['refuses'];
  clock: () => number;
};

const HINT = 'An operator can allow it: "build: { network: true }" in the configuration.';
/** Discovery needs 50 ms; an engine under load a little more. */
const SEEN_MS = 10_000;

export function createBuilds(deps: BuildsDeps) {
  const { engine, environments, jobs, sources, config } = deps;
  const names = createBuildNames(deps);

  /** Fails with "denied" for who may build nothing here. */
  function requireBuilder(actor: Actor): void {
    if (can(actor, 'operate', null)) return;
    if (!can(actor, 'build-environments', null)) {
      throw new GradeportError('denied', 'Environments are built by teachers and operators.');
    }
    if (!config.teachers) {
      throw new GradeportError('denied', 'On this installation only operators build environments.');
    }
  }

  async function facts(actor: Actor, files: readonly string[] | null): Promise<LintFacts> {
    const images = await engine.images.list().then(imagesByName, () => null);
    const refuses = deps.refuses ?? (() => null);
    const withholds = await withheldFrom(actor, images, { sources, patterns: config.bases });
    return {
      images,
      files,
      network: config.network,
      refuses,
      withholds,
      networkHint: HINT,
      mustAnnounce: true,
    };
  }

  function previewOf({ announces }: Lint): Preview | null {
    if (!announces) return null;
    const { fault } = announces;
    const choice =
      fault === null
        ? chooseRuntime(announces, environments.runtimes(), deps.runtimes)
        : { runtime: null, reason: fault };
    return { announces, image: localImage(announces.name), runtime: choice.runtime, reason: choice.reason };
  }

  async function check(actor: Actor, dockerfile: string, files: readonly string[] | null): Promise<Checked> {
    requireBuilder(actor);
    const known = await facts(actor, files);
    const lint = lintDockerfile(dockerfile, known);
    const preview = previewOf(lint);
    const refusal = preview && (await names.refusalOf(actor, preview.announces, known.images));
    return { lint, preview, refusal };
  }

  /** Not ok: why it was not begun. */
  async function start(
    actor: Actor,
    files: BuildContext,
  ): Promise<{ ok: true; job: Job } | { ok: false; checked: Checked }> {
    requireBuilder(actor);
    const dockerfile = files.get(DOCKERFILE);
    if (!dockerfile) {
      throw new GradeportError('usage', 'There is no Dockerfile at the top of the archive.');
    }
    const checked = await check(actor, dockerfile.content.toString(), [...files.keys()]);
    const { lint, preview, refusal } = checked;
    if (!preview || refusal !== null || hasErrors(lint)) return { ok: false, checked };
    const { name } = preview.announces;
    const taken = names.take(actor, name);
    if (typeof taken === 'string') return { ok: false, checked: { ...checked, refusal: taken } };
    try {
      const at = new Date(deps.clock()).toISOString();
      const record = await sources.begin({ name, by: actor.name, at, image: preview.image }, files);
      return { ok: true, job: startJob(actor, record, lint, taken.release) };
    } catch (error) {
      taken.release();
      throw error;
    }
  }

  /** @param over called once it has ended, however */
  function startJob(actor: Actor, record: BuildRecord, lint: Lint, over: () => void): Job {
    const end = (state: BuildRecord['state'], sentence: string, digest: string | null = null) =>
      sources.end({ ...record, state, sentence, digest }, jobs.log(job.id));
    let hasBegun = false;
    const title = `Build ${record.name} (build ${record.version})`;
    const built = async (news: JobNews, stopped: AbortSignal) => {
      const image = await build(actor, record, lint, news, stopped);
      const look = async () => resultOf(image, record, await seen(environments, image.id, SEEN_MS));
      return { image, outcome: await look(), look };
    };
    const job: Job = jobs.start({ kind: 'build', title, by: actor.name }, async (news, stopped) => {
      hasBegun = true;
      const { image, outcome, look } = await built(news, stopped).catch(async (error: unknown) => {
        const why = error instanceof GradeportError ? error.message : 'It failed by a fault of ours.';
        await (stopped.aborted ? end('stopped', 'It was stopped.') : end('failed', why));
        throw error;
      });
      await end('built', sentenceOf(outcome), image.id);
      const sentence = await tested(look, record.name, image, news, stopped);
      await end('built', sentence, image.id);
      return { sentence, environment: record.name };
    });
    const stopListening = jobs.onChange(({ id, endedAt }) => {
      if (id !== job.id || endedAt === null) return;
      stopListening();
      over();
      // Nobody else would write down that it was stopped while it waited.
      if (!hasBegun) void end('stopped', 'It was stopped before it began.').catch(() => {});
    });
    return job;
  }

  function build(
    actor: Actor,
    record: BuildRecord,
    lint: Lint,
    news: JobNews,
    stopped: AbortSignal,
  ): Promise<BuiltImage> {
    const { name, version, image } = record;
    const folder = sources.contextOf(name, version);
    const order = {
      folder,
      tag: image,
      labels: {},
      network: config.network,
      limits: limitsOf(config),
      stopped,
    };
    const accept = async ({ id, labels }: BuiltImage): Promise<void> => {
      const announced = readLabels(labels);
      // What the lint read is what was looked at; an image that says something else gets no name.
      if (announced?.name !== name) {
        throw new GradeportError(
          'conflict',
          `Its labels say another name than the Dockerfile: "${announced?.name ?? ''}". Write the label out.`,
        );
      }
      const refusal = await names.refusalOf(actor, announced, imagesByName(await engine.images.list()));
      if (refusal !== null) throw new GradeportError('denied', refusal);
      deps.revisions?.announce(id, { by: actor.name, from: 'build' });
    };
    return buildLinted(
      engine.builder,
      lint,
      { ...order, accept },
      {
        line: news.line,
        step: ({ number, of, text }) =>
          news.progress({ step: text.slice(0, 200), done: number - 1, total: of }),
      },
    );
  }

  /** What its samples came to, in a sentence; null: nobody tests here. */
  async function tested(
    look: () => Promise<BuildOutcome>,
    name: string,
    image: BuiltImage,
    news: JobNews,
    stopped: AbortSignal,
  ): Promise<string> {
    if (!deps.revisions) return sentenceOf(await look());
    news.progress({ step: 'Grading its samples', done: 0, total: null });
    const { cases } = await deps.revisions.test(name, image.id, stopped);
    // Looked at anew: with its samples as expected it may grade by now.
    const sentence = testedSentence(await look(), cases);
    news.line(sentence);
    return sentence;
  }

  return {
    check,
    start,
    requireBuilder,
    sources,
    limits: limitsOf(config),
    network: config.network,
    templates: async () =>
      templatesFor({
        images: await engine.images.list().then(imagesByName, () => null),
        network: config.network,
      }),
  };
}
