/** Runs the samples of a revision, stores the result, and promotes the revision when they pass. */

import type { JobNews } from '../../../jobs/port.ts';
import { GradeportError } from '../../../rules/errors.ts';
import type { Environment } from '../../discovery/environment.ts';
import { findRevision } from '../find-revision.ts';
import type { History } from '../history.ts';
import type { ImagesHere } from '../images/images-here.ts';
import type { KnownRevision } from '../images/on-engine.ts';
import type { CaseOutcome, RevisionTest } from '../port.ts';
import type { RevisionLookup } from '../revision-lookup.ts';
import { countWrong, testSentence } from './sample-test-sentences.ts';

export type SampleRequest = {
  /** The image under test: its own samples and those of the tasks run on it. */
  candidate: Environment;
  /** The revision that grades now; null: the candidate itself, or none. */
  current: Environment | null;
  stopped: AbortSignal;
  news: JobNews | null;
};
/** Fails when there is no result: the engine is away, or the test was stopped. */
export type SampleRunner = (request: SampleRequest) => Promise<CaseOutcome[]>;

export type TestDeps = {
  lookup: RevisionLookup;
  history: History;
  environments: Pick<ImagesHere, 'revision'>;
  run: SampleRunner;
  changed(name: string): Promise<void>;
  /** Makes the revision current if none came after it. */
  promoteNext(name: string, id: string, why: string): Promise<void>;
  promote: 'when-tested' | 'by-hand';
};

/** How much of a test is stored: a hostile task may print anything. */
const MAX_CASES = 2000;
const MAX_DIFFERENCES = 20;
const MAX_TEXT = 1000;

const bounded = (cases: readonly CaseOutcome[]): CaseOutcome[] =>
  cases.slice(0, MAX_CASES).map((one) => ({
    ...one,
    sample: one.sample.slice(0, MAX_TEXT),
    differences: one.differences.slice(0, MAX_DIFFERENCES).map((text) => text.slice(0, MAX_TEXT)),
  }));

export function createTests({ lookup, history, environments, ...deps }: TestDeps) {
  const { of, usable, currentOf } = lookup;
  const testing = new Map<string, { work: Promise<RevisionTest>; stopped: AbortSignal }>();

  /**
   * A second request waits for a running test of the same revision: image and samples are the same. If the first
   * request is stopped, the second starts the test again.
   */
  async function test(
    given: string,
    digest: string,
    stopped = new AbortController().signal,
    news?: JobNews,
  ): Promise<RevisionTest> {
    const { name, own } = await of(given);
    const revision = findRevision(own, name, digest);
    const running = testing.get(revision.id);
    if (running) {
      const work = running.work.catch((error: unknown) => {
        if (stopped.aborted || !running.stopped.aborted) throw error;
        return test(given, digest, stopped, news);
      });
      return untilStopped(work, stopped);
    }
    const work = runTest(revision, stopped, news ?? null).finally(() => testing.delete(revision.id));
    testing.set(revision.id, { work, stopped });
    return work;
  }

  async function runTest(
    revision: KnownRevision,
    stopped: AbortSignal,
    news: JobNews | null,
  ): Promise<RevisionTest> {
    const { name } = revision;
    const candidate = await usable(revision);
    const grading = currentOf(name);
    const current =
      grading === undefined || grading === candidate.digest ? null : environments.revision(grading);
    const cases = bounded(await deps.run({ candidate, current, stopped, news }));
    const passed = countWrong(cases) === 0;
    const outcome = { at: history.now(), runtime: candidate.runtime ?? '', passed, cases };
    await history.change(revision, { test: outcome, stage: passed ? 'staged' : 'held' });
    try {
      await history.reload();
      if (passed && deps.promote === 'when-tested')
        await deps.promoteNext(name, revision.id, testSentence(cases));
    } finally {
      // Also when it was not promoted: the automatic tests then try it again.
      await deps.changed(name);
    }
    return outcome;
  }

  return { test };
}

/** Only stops waiting: the work belongs to another request. */
function untilStopped<T>(work: Promise<T>, stopped: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new GradeportError('conflict', 'The test was stopped.'));
    if (stopped.aborted) giveUp();
    stopped.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => stopped.removeEventListener('abort', giveUp));
  });
}
