/**
 * Tests new images in the background, one at a time: updates of a known name before they may grade, and the
 * first image of a name, which grades in any case. Nothing is stored before a test ends: after a restart the test
 * starts again.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { Job, JobNews, Jobs } from '../../../jobs/port.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { isPassing } from '../../../rules/machine-state.ts';
import type { Environment } from '../../discovery/environment.ts';
import type { History } from '../history.ts';
import { shortDigest } from '../images/revision-tags.ts';
import type { Revisions, RevisionTest } from '../port.ts';
import { type ImageToTest, MAX_FAILURES, nextTest } from './next-test.ts';
import { testSentence } from './sample-test-sentences.ts';

type TestJobs = Pick<Jobs, 'start' | 'onChange'>;

export type AutoTestDeps = {
  history: Pick<History, 'state'>;
  environments: {
    list(): readonly Environment[];
    revision(digest: string): Environment | null;
    engine(): { ok: boolean };
    onChange(listener: () => void): () => void;
  };
  revisions: Pick<Revisions, 'test' | 'onChange'>;
  /** The jobs that show the tests; null: the tests run unseen. */
  jobs: TestJobs | null;
  /** Whether the samples of a first image run, too. */
  testFirst: boolean;
  promote: 'when-tested' | 'by-hand';
  /** How soon a test is tried again that failed by a state of the machine. */
  againMs?: number;
  failed(error: unknown): void;
};

export function createAutoTest(deps: AutoTestDeps) {
  const { history, environments, revisions, jobs, testFirst, promote, againMs = 5000, failed } = deps;
  const failures = new Map<string, number>();
  const closing = new AbortController();
  let working: Promise<void> | null = null;
  /** How often in a row a test met a state of the machine. */
  let rests = 0;

  const next = (): ImageToTest | null =>
    nextTest(history.state(), {
      isUsable: (digest) => (environments.revision(digest)?.runtime ?? null) !== null,
      testFirst,
      promotes: promote === 'when-tested',
      failuresOf: (digest) => failures.get(digest) ?? 0,
    });

  const run = ({ name, digest }: ImageToTest, stopped: AbortSignal, news?: JobNews) =>
    revisions.test(name, digest, AbortSignal.any([stopped, closing.signal]), news);

  async function testOne(wanted: ImageToTest): Promise<void> {
    if (jobs === null) return void (await run(wanted, closing.signal));
    let why: unknown = null;
    const noting: RunTest = (...given) =>
      run(...given).catch((error: unknown) => {
        why = error;
        throw error;
      });
    const job = await asJob(jobs, wanted, noting, closing.signal);
    // A user who stops a test does not want it to start again at once.
    if (job?.state === 'stopped') failures.set(wanted.digest, MAX_FAILURES);
    else if (job?.state === 'failed')
      throw isPassing(why) ? why : new GradeportError('conflict', job.error ?? 'The test failed.');
  }

  async function work(): Promise<void> {
    while (!closing.signal.aborted && environments.engine().ok) {
      const wanted = next();
      if (wanted === null) return;
      await testOne(wanted).then(
        () => {
          rests = 0;
        },
        (error: unknown) => afterFault(wanted, error),
      );
    }
  }

  /** A full disk, or an engine that stumbles, says nothing about the image: that is no failure. */
  async function afterFault({ digest }: ImageToTest, error: unknown): Promise<void> {
    if (closing.signal.aborted) return;
    failed(error);
    if (!isPassing(error)) failures.set(digest, (failures.get(digest) ?? 0) + 1);
    else
      await pause(againMs * 2 ** Math.min(rests++, 4), null, { signal: closing.signal, ref: false }).catch(
        () => {},
      );
  }

  function look(): void {
    if (working !== null || closing.signal.aborted || next() === null) return;
    working = work().finally(() => {
      working = null;
    });
  }

  const stops: (() => void)[] = [];
  return {
    /** Looks for work now, and whenever images or revisions change. */
    begin(): void {
      stops.push(environments.onChange(look), revisions.onChange(look));
      look();
    },
    /** Stops the running test, and waits for its end. */
    async close(): Promise<void> {
      for (const stop of stops) stop();
      closing.abort();
      await working;
    },
  };
}

type RunTest = (wanted: ImageToTest, stopped: AbortSignal, news: JobNews) => Promise<RevisionTest>;

/**
 * Waits for the end of a job. A job that is stopped before it begins ends, too, and only the jobs report that.
 * @returns the job that ended; null: closed before that
 */
async function asJob(
  jobs: TestJobs,
  wanted: ImageToTest,
  run: RunTest,
  closing: AbortSignal,
): Promise<Job | null> {
  const over = Promise.withResolvers<Job | null>();
  const giveUp = () => over.resolve(null);
  closing.addEventListener('abort', giveUp, { once: true });
  const { name, digest } = wanted;
  const { id } = jobs.start(
    { kind: 'test', title: `Test ${name} ${shortDigest(digest)}`, by: 'Gradeport' },
    async (news, stopped) => {
      const { cases } = await run(wanted, stopped, news);
      return { sentence: testSentence(cases), environment: name };
    },
  );
  const forget = jobs.onChange((job) => {
    if (job.id === id && job.endedAt !== null) over.resolve(job);
  });
  const job = await over.promise;
  forget();
  closing.removeEventListener('abort', giveUp);
  return job;
}
