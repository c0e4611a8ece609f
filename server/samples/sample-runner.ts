/** Runs an environment's samples on one of its images, and on the current revision where a comparison helps. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import type { LiveCatalogue } from '../environments/catalogue.ts';
import type { Aliases, Environment } from '../environments/discovery/environment.ts';
import type { RuntimeTable } from '../environments/discovery/runtimes.ts';
import type { CaseOutcome } from '../environments/revisions/port.ts';
import type { SampleRequest, SampleRunner } from '../environments/revisions/tests/revision-tests.ts';
import { createExecutor } from '../execution/execute.ts';
import type { SlotSource } from '../execution/slots/slot.ts';
import { INSTANCE_LABEL } from '../ports/engine/container-labels.ts';
import type { Engine } from '../ports/engine/engine.ts';
import { GradeportError } from '../rules/errors.ts';
import type { Ceilings } from '../rules/limits.ts';
import { isPassing } from '../rules/machine-state.ts';
import { mapAtMost } from '../rules/turns.ts';
import { type Grader, graderOf } from '../worker/grade-task.ts';
import { type Checked, casesOfImage, casesOfTasks, type SampleCase } from './sample-cases.ts';
import { SAMPLES_AT_ONCE } from './self-check.ts';

export type SampleRunnerDeps = {
  engine: Pick<Engine, 'containers' | 'images'>;
  environments: Pick<LiveCatalogue, 'find' | 'runtimes' | 'isPinned'>;
  courses: Pick<CourseCatalogue, 'list'>;
  aliases: Aliases;
  table: RuntimeTable;
  ceilings: Ceilings;
  slots: SlotSource;
  /** Marks the containers, like those of runs. */
  instance: string;
  /** The folder that images' samples are copied to; the clean-up of runs removes leftovers. */
  runsFolder: string;
  /** Awaited before each sample: students' runs come first. */
  untilQuiet(stopped: AbortSignal): Promise<void>;
};

export function createSampleRunner(deps: SampleRunnerDeps): SampleRunner {
  const { engine, environments, courses, aliases, runsFolder } = deps;

  /** A grader that uses this image as if it were current. @param passing gets states of the machine */
  function graderOn(image: Environment, passing: unknown[]): Grader {
    const find = (name: string) => {
      const now = environments.find(name);
      const isOurs = now === null || now.name === image.name;
      return isOurs && leadsTo(image, aliases, name) ? image : now;
    };
    const grade = graderOf(
      createExecutor({
        ...deps,
        containers: engine.containers,
        environments: { find, runtimes: environments.runtimes },
      }),
    );
    return patiently(grade, passing);
  }

  async function collect(candidate: Environment, folder: string): Promise<SampleCase[]> {
    const { find, isPinned } = environments;
    const source = { courses, find, isPinned, leadsTo: (name: string) => leadsTo(candidate, aliases, name) };
    return [
      ...(await casesOfImage(engine.images, candidate, folder, { [INSTANCE_LABEL]: deps.instance })),
      ...(await casesOfTasks(candidate, source)),
    ];
  }

  /** The first failure stops the other samples; all have ended before this returns. */
  async function runAll(cases: readonly SampleCase[], graders: Graders, { stopped, news }: SampleRequest) {
    const giveUp = new AbortController();
    const signal = AbortSignal.any([stopped, giveUp.signal]);
    const failures: unknown[] = [];
    let done = 0;
    const runOne = async (one: SampleCase): Promise<CaseOutcome | null> => {
      try {
        await deps.untilQuiet(signal);
        const outcome = await runCase(one, graders, signal);
        if (graders.passing.length > 0) throw graders.passing[0];
        // If the engine is away, the image is not at fault: this throws, and the test starts again later.
        if (outcome.verdict === null && one.grade !== null) await engine.containers.info();
        done += 1;
        news?.line(lineOf(outcome));
        news?.progress({ step: 'Samples', done, total: cases.length });
        return outcome;
      } catch (error) {
        failures.push(error);
        giveUp.abort();
        return null;
      }
    };
    const outcomes = await mapAtMost(SAMPLES_AT_ONCE, cases, runOne, signal);
    if (stopped.aborted) throw new GradeportError('conflict', 'The test was stopped.');
    if (failures.length > 0) throw failures[0];
    return outcomes.filter((one) => one !== null);
  }

  return async (request) => {
    const { candidate, current } = request;
    const folder = join(runsFolder, `samples-${randomUUID()}`);
    try {
      const cases = await collect(candidate, folder);
      const passing: unknown[] = [];
      const before = current && graderOn(current, passing);
      return await runAll(cases, { now: graderOn(candidate, passing), before, passing }, request);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

const leadsTo = (image: Environment, aliases: Aliases, name: string): boolean => {
  const target = Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;
  return image.name === target || image.aliases.includes(target);
};

/** passing: what no image is at fault for; the test is made again once it is over. */
type Graders = { now: Grader; before: Grader | null; passing: readonly unknown[] };

/** A sample that fails by our fault is tried as often as a run. */
const TRIES = 3;

/** An engine that stumbles once says nothing about an image. */
export function patiently(grade: Grader, passing: unknown[]): Grader {
  return async (request) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await grade(request);
      } catch (error) {
        const isOurs = !(error instanceof GradeportError) || error.code === 'internal';
        if (isPassing(error)) passing.push(error);
        else if (isOurs && tries < TRIES && !request.signal.aborted) continue;
        throw error;
      }
    }
  };
}

async function runCase(one: SampleCase, graders: Graders, stopped: AbortSignal): Promise<CaseOutcome> {
  const about = { task: one.task, sample: one.sample };
  if (one.grade === null)
    return { ...about, differences: [one.fault], verdict: null, grade: null, before: null };
  const now = await one.grade(graders.now, stopped);
  // The comparison doubles the time: made only if it shows which differences are new, or whether there is one.
  const isTelling = now.differences.length > 0 || !one.saysGrade;
  const before = isTelling && graders.before ? await one.grade(graders.before, stopped) : null;
  return {
    ...about,
    differences: differencesOf(one, now, before),
    verdict: now.outcome?.verdict ?? null,
    grade: now.outcome?.grade ?? null,
    before: before?.outcome ? { verdict: before.outcome.verdict, grade: before.outcome.grade } : null,
  };
}

/** The differences that count against this image. */
export function differencesOf(
  { recorded }: Pick<SampleCase, 'recorded'>,
  now: Checked,
  before: Checked | null,
): string[] {
  const [a, b] = [now.outcome, before?.outcome ?? null];
  const isSame = a !== null && b !== null && a.verdict === b.verdict && a.grade === b.grade;
  // A recording of another system need not match, but this image must grade it like the one before.
  if (recorded && isSame && now.differences.length <= (before?.differences.length ?? 0)) return [];
  if (now.differences.length > 0 || isSame || a === null || b === null) return now.differences;
  return [
    `${a.verdict} with ${a.grade} %, where the revision that grades now says ${b.verdict} with ${b.grade} %`,
  ];
}

function lineOf({ task, sample, differences, verdict, grade }: CaseOutcome): string {
  const where = task ? `${task.course}/${task.task} ${sample}` : sample;
  const said = verdict === null ? 'not graded' : `${verdict} (${grade} %)`;
  return [`${differences.length === 0 ? '✓' : '✗'} ${where}: ${said}`, ...differences].join('; ');
}
