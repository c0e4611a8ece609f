/** The work of the commands on revisions: beside a running server, which notices within a second, or without one. */
import { createInterface } from 'node:readline/promises';
import { shortDigest } from '../../../environments/revisions/images/revision-tags.ts';
import type { PrunePlan, Revision } from '../../../environments/revisions/port.ts';
import {
  listGradedRuns,
  listRevisions,
  pinTask,
  planPrune,
  promoteRevision,
  pruneRevisions,
  rollBackRevision,
  testRevision,
  unpinTask,
} from '../../../environments/revisions/revision-verbs.ts';
import { testSentence } from '../../../environments/revisions/tests/sample-test-sentences.ts';
import type { JobNews } from '../../../jobs/port.ts';
import { granted } from '../../../model/verb.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { withRevisions } from '../../local/open-revisions.ts';
import { whoRunsThis } from '../../local/who-runs-this.ts';
import { untilInterrupted } from '../../ui/interrupted.ts';
import { createProgress, data, harmless, json, talk } from '../../ui/terminal.ts';
import { sayCases, sayHistory, sayRuns } from './revisions-report.ts';
export type Common = { data?: string; json?: boolean };
export type HistoryOptions = Common & { runs?: string };
export type TestOptions = Common & { digest?: string };
export type PromoteOptions = Common & { force?: boolean };
export type PruneOptions = Common & { graded?: boolean; dryRun?: boolean; yes?: boolean };

export async function test(name: string, { digest, json: asJson, ...options }: TestOptions): Promise<void> {
  const stopped = untilInterrupted().signal;
  const progress = createProgress();
  await withRevisions(options, async (deps) => {
    const work = await granted(testRevision(deps, whoRunsThis(), { name, digest }));
    const news: JobNews = {
      line: () => {},
      progress: ({ done, total }) => progress.line(`${done} of ${total} samples …`),
    };
    const tested = await work.run(news, stopped).finally(() => progress.end());
    if (asJson) json(tested);
    else {
      sayCases(tested.cases);
      const all = await granted(listRevisions(deps, whoRunsThis(), { name }));
      const state = all.find((one) => one.digest.includes(tested.digest))?.state;
      talk(`${testSentence(tested.cases)} On ${tested.runtime}. The revision is ${state ?? 'gone'}.`);
    }
    if (!tested.passed) process.exitCode = 1;
  });
}

const MOST_RUNS = 1000;

export const history = (name: string, { json: asJson, runs, ...options }: HistoryOptions): Promise<void> =>
  withRevisions(options, async (deps) => {
    if (runs !== undefined) {
      const wanted = { name, digest: runs, limit: MOST_RUNS };
      const graded = await granted(listGradedRuns(deps, whoRunsThis(), wanted));
      return asJson ? json(graded) : sayRuns(graded);
    }
    const all = await granted(listRevisions(deps, whoRunsThis(), { name }));
    // A user who runs a command sees everything.
    if (asJson) json(all.map(({ hidden: _none, ...revision }) => revision));
    else sayHistory(all);
  });

function sayGrades(revision: Revision, asJson: boolean | undefined): void {
  const { name, digest, image } = revision;
  if (asJson) json(revision);
  else data(`${harmless(name)} is graded by ${shortDigest(digest)} (${harmless(image)}) now.`);
}

export const promote = (
  name: string,
  digest: string | undefined,
  { json: asJson, force, ...options }: PromoteOptions,
): Promise<void> =>
  withRevisions(options, async (deps) =>
    sayGrades(await granted(promoteRevision(deps, whoRunsThis(), { name, digest, force })), asJson),
  );

export const rollback = (
  name: string,
  digest: string | undefined,
  { json: asJson, ...options }: Common,
): Promise<void> =>
  withRevisions(options, async (deps) =>
    sayGrades(await granted(rollBackRevision(deps, whoRunsThis(), { name, digest })), asJson),
  );

/** "course/task" */
function splitTask(given: string): { course: string; task: string } {
  const [course = '', task = '', ...rest] = given.split('/');
  if (course !== '' && task !== '' && rest.length === 0) return { course, task };
  throw new GradeportError('usage', `"${given}" names no task: write course/task, such as demo/c-sort.`);
}

export const pin = (given: string, digest: string, { json: asJson, ...options }: Common): Promise<void> => {
  const wanted = { ...splitTask(given), digest: digest === 'current' ? null : digest };
  return withRevisions(options, async (deps) => {
    const revision = await granted(pinTask(deps, whoRunsThis(), wanted));
    if (asJson) json(revision);
    else
      data(
        `${given} is graded by ${shortDigest(revision.digest)} of ${revision.name}, whatever becomes current.`,
      );
  });
};

export const unpin = (given: string, { json: asJson, ...options }: Common): Promise<void> => {
  const place = splitTask(given);
  return withRevisions(options, async (deps) => {
    const { wasPinned } = await granted(unpinTask(deps, whoRunsThis(), place));
    if (asJson) json({ ...place, wasPinned });
    else talk(wasPinned ? `${given} is graded by the current revision again.` : `${given} was not pinned.`);
  });
};

export const prune = (options: PruneOptions): Promise<void> => {
  const { json: asJson, graded = false, dryRun, yes, ...rest } = options;
  return withRevisions(rest, async (deps) => {
    const plan = await granted(planPrune(deps, whoRunsThis(), { graded }));
    const gone = plan.filter(({ remove }) => remove);
    if (!asJson) sayPlan(plan);
    if (dryRun || gone.length === 0) {
      if (asJson) json(plan);
      else talk(gone.length === 0 ? 'Nothing to throw away.' : `${gone.length} would go.`);
      return;
    }
    if (!yes && !(await isSure(gone.length))) return talk('Nothing was thrown away.');
    const pruned = await granted(pruneRevisions(deps, whoRunsThis(), { graded }));
    if (asJson) json(pruned);
    else talk(`Threw away ${pruned.length}.`);
  });
};

function sayPlan(plan: readonly PrunePlan[]): void {
  for (const { name, digest, image, remove, reason } of plan) {
    data(
      `${remove ? 'goes ' : 'stays'} ${harmless(name)} ${shortDigest(digest)} ${harmless(image)}: ${harmless(reason)}`,
    );
  }
}

async function isSure(count: number): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new GradeportError(
      'usage',
      `--yes is needed to delete ${count} without a terminal; --dry-run only lists them.`,
    );
  }
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await ask.question(`Throw away ${count}? [y/N] `);
  ask.close();
  return /^y(es)?$/i.test(answer.trim());
}
