/** Builds that people ask for in the browser: looked at first, then a job, its sources kept. */
import { type Actor, can } from '../core/access.ts';
import { GradeportError } from '../core/errors.ts';
import type { BuiltImage, Engine } from '../engine/port.ts';
import { type BuildConfig, limitsOf } from './build-config.ts';
import { type BuildContext, DOCKERFILE } from './build-context.ts';
import { buildLinted, imagesByName } from './build-folder.ts';
import type { BuildRecord, BuildSources } from './build-sources.ts';
import { templatesFor } from './build-templates.ts';
import type { LintFacts } from './dockerfile/facts.ts';
import { hasErrors, type Lint, lintDockerfile } from './dockerfile/lint.ts';
import type { Environment, EnvironmentCatalogue } from './environment.ts';
import { localImage } from './image-names.ts';
import type { Job, JobNews, JobResult, Jobs } from './jobs-port.ts';
import { type Announcement, readLabels } from './labels.ts';
import type { Revisions } from './revisions-port.ts';
import { chooseRuntime, type RuntimeTable } from './runtimes.ts';

/** What an image would be, told before it is built. */
export type Preview = { announces: Announcement; image: string; runtime: string | null; reason: string };
/** refusal: why this user may not take its names, in a sentence. */
export type Checked = { lint: Lint; preview: Preview | null; refusal: string | null };
export type Builds = ReturnType<typeof createBuilds>;

export type BuildsDeps = {
  engine: Pick<Engine, 'build' | 'images'>;
  environments: Pick<EnvironmentCatalogue, 'list' | 'runtimes' | 'onChange'>;
  jobs: Pick<Jobs, 'start' | 'log'>;
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

  async function facts(files: readonly string[] | null): Promise<LintFacts> {
    const images = await engine.images().then(imagesByName, () => null);
    const refuses = deps.refuses ?? (() => null);
    return { images, files, network: config.network, refuses, networkHint: HINT, mustAnnounce: true };
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

  /** A teacher's image takes no name that grades for others. */
  async function refusalOf(actor: Actor, { name, aliases }: Announcement): Promise<string | null> {
    if (can(actor, 'operate', null)) return null;
    for (const wanted of [name, ...aliases]) {
      const holders = environments
        .list()
        .filter((one) => one.name === wanted || one.aliases.includes(wanted));
      for (const holder of holders) {
        const last = await sources.lastBuilt(holder.name);
        if (last?.by !== actor.name) {
          const wish =
            wanted === name
              ? 'Choose another name, or ask an operator.'
              : 'Aliases are inherited, too: give it its own, or none with org.gradeport.grading.aliases="".';
          return `"${wanted}" is an environment here that you did not build. ${wish}`;
        }
      }
    }
    return null;
  }

  async function check(actor: Actor, dockerfile: string, files: readonly string[] | null): Promise<Checked> {
    requireBuilder(actor);
    const lint = lintDockerfile(dockerfile, await facts(files));
    const preview = previewOf(lint);
    const refusal = preview && (await refusalOf(actor, preview.announces));
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
    const at = new Date(deps.clock()).toISOString();
    const about = { name: preview.announces.name, by: actor.name, at, image: preview.image };
    const record = await sources.begin(about, files);
    const title = `Build ${about.name} (build ${record.version})`;
    const job: Job = jobs.start({ kind: 'build', title, by: actor.name }, async (news, stopped) => {
      const end = (state: BuildRecord['state'], sentence: string, digest: string | null = null) =>
        sources.end({ ...record, state, sentence, digest }, jobs.log(job.id));
      try {
        const image = await build(actor, record, lint, news, stopped);
        const result = resultOf(image, record, await seen(environments, image.id, SEEN_MS));
        await end('built', result.sentence, image.id);
        return await tested(result, image, news, stopped);
      } catch (error) {
        if (stopped.aborted) await end('stopped', 'It was stopped.');
        else
          await end(
            'failed',
            error instanceof GradeportError ? error.message : 'It failed by a fault of ours.',
          );
        throw error;
      }
    });
    return { ok: true, job };
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
      const refusal = await refusalOf(actor, announced);
      if (refusal !== null) throw new GradeportError('denied', refusal);
      deps.revisions?.announce(id, { by: actor.name, from: 'build' });
    };
    return buildLinted(
      engine,
      lint,
      { ...order, accept },
      {
        line: news.line,
        step: ({ number, of, text }) =>
          news.progress({ step: text.slice(0, 200), done: number - 1, total: of }),
      },
    );
  }

  async function tested(
    result: JobResult,
    image: BuiltImage,
    news: JobNews,
    stopped: AbortSignal,
  ): Promise<JobResult> {
    if (!deps.revisions || result.environment === null) return result;
    news.progress({ step: 'Grading its samples', done: 0, total: null });
    const { passed, cases } = await deps.revisions.test(result.environment, image.id, stopped);
    const wrong = cases.filter(({ differences }) => differences.length > 0).length;
    const samples = passed
      ? `All ${cases.length} samples got what they must get.`
      : `${wrong} of ${cases.length} samples got something else than they must: look at its page.`;
    const sentence = `${result.sentence} ${cases.length === 0 ? 'There was no sample to try.' : samples}`;
    news.line(sentence);
    return { ...result, sentence };
  }

  return {
    check,
    start,
    requireBuilder,
    sources,
    limits: limitsOf(config),
    network: config.network,
    templates: async () => templatesFor(await facts(null)),
  };
}

function resultOf(
  image: BuiltImage,
  { name, image: tag }: BuildRecord,
  found: Environment | null,
): JobResult {
  const what = `Built ${tag}: ${Math.max(1, Math.round(image.size / 2 ** 20))} MiB in ${image.layers} layers.`;
  if (!found)
    return { sentence: `${what} It is not in the list yet; look again in a moment.`, environment: name };
  const use = found.available ? `It can grade as "${name}" on ${found.reason}.` : found.reason;
  return { sentence: `${what} ${use}`, environment: name };
}

/** Waits until discovery has it; null: it took too long. */
function seen(
  environments: Pick<EnvironmentCatalogue, 'list' | 'onChange'>,
  digest: string,
  mostMs: number,
): Promise<Environment | null> {
  return new Promise((resolve) => {
    const look = (isLate: boolean): void => {
      const found = environments.list().find((one) => one.digest === digest) ?? null;
      if (!found && !isLate) return;
      stop();
      clearTimeout(timer);
      resolve(found);
    };
    const timer = setTimeout(() => look(true), mostMs);
    const stop = environments.onChange(() => look(false));
    look(false);
  });
}
