/** One build as a job: builds the image, tests it, and keeps the outcome in its record. */
import type { Job, JobNews } from '../../jobs/port.ts';
import type { BuiltImage } from '../../ports/engine/builder.ts';
import type { Actor } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { untilListed } from '../discovery/until-listed.ts';
import type { BuildRecord } from './build-record.ts';
import { resultOf, sentenceOf, testedSentence } from './build-result.ts';
import { announcedAs, endOf, NOT_BEGUN } from './build-rules.ts';
import type { BuildsDeps } from './builds-deps.ts';
import type { Lint } from './dockerfile/lint.ts';
import { limitsOf } from './source/build-config.ts';
import { buildLinted, imagesByName } from './source/build-folder.ts';
import type { BuildNames } from './who-may-build-a-name.ts';

type BuildOfActor = { actor: Actor; record: BuildRecord; lint: Lint };
type BuildJobDeps = BuildsDeps & { names: Pick<BuildNames, 'refusalOf'> };
type Work = { build: BuildOfActor; news: JobNews; stopped: AbortSignal };

/** @param over called once the build has ended, with any outcome */
export function startBuildJob(deps: BuildJobDeps, build: BuildOfActor, over: () => void): Job {
  const { jobs, sources } = deps;
  const { actor, record } = build;
  let hasBegun = false;
  const end = (about: Pick<BuildRecord, 'state' | 'sentence'>, digest: string | null = null) =>
    sources.end({ ...record, ...about, digest }, jobs.log(job.id));
  const title = `Build ${record.name} (build ${record.version})`;
  const job: Job = jobs.start({ kind: 'build', title, by: actor.name }, async (news, stopped) => {
    hasBegun = true;
    const work = { build, news, stopped };
    const image = await buildImage(deps, work).catch(async (error: unknown) => {
      await end(endOf(error, stopped.aborted));
      throw error;
    });
    await end({ state: 'built', sentence: sentenceOf(await outcomeOf(deps, work, image)) }, image.id);
    const sentence = await testImage(deps, work, image);
    await end({ state: 'built', sentence }, image.id);
    return { sentence, environment: record.name };
  });
  const stopListening = jobs.onChange(({ id, endedAt }) => {
    if (id !== job.id || endedAt === null) return;
    stopListening();
    over();
    if (!hasBegun) void end(NOT_BEGUN).catch(() => {});
  });
  return job;
}

function buildImage(deps: BuildJobDeps, { build, news, stopped }: Work): Promise<BuiltImage> {
  const { engine, sources, config, names } = deps;
  const { actor, record, lint } = build;
  const accept = async ({ id, labels }: BuiltImage): Promise<void> => {
    const announced = announcedAs(record.name, labels);
    const refusal = await names.refusalOf(actor, announced, imagesByName(await engine.images.list()));
    if (refusal !== null) throw new GradeportError('denied', refusal);
    deps.revisions?.announce(id, { by: actor.name, from: 'build' });
  };
  const order = {
    folder: sources.contextOf(record.name, record.version),
    tag: record.image,
    labels: {},
    network: config.network,
    limits: limitsOf(config),
    stopped,
    accept,
  };
  return buildLinted(engine.builder, lint, order, {
    line: news.line,
    step: ({ number, of, text }) => news.progress({ step: text.slice(0, 200), done: number - 1, total: of }),
  });
}

const outcomeOf = async ({ environments }: BuildJobDeps, { build }: Work, image: BuiltImage) =>
  resultOf(image, build.record, await untilListed(environments, ({ digest }) => digest === image.id));

/** @returns a sentence that says what the image is and how its samples went */
async function testImage(deps: BuildJobDeps, work: Work, image: BuiltImage): Promise<string> {
  const { news, stopped, build } = work;
  if (!deps.revisions) return sentenceOf(await outcomeOf(deps, work, image));
  news.progress({ step: 'Grading its samples', done: 0, total: null });
  const { cases } = await deps.revisions.test(build.record.name, image.id, stopped);
  // Looked up again: if its samples passed, the image may grade by now.
  const sentence = testedSentence(await outcomeOf(deps, work, image), cases);
  news.line(sentence);
  return sentence;
}
