/**
 * Tests new images in the background, one after the other: updates of a known name before they may grade, and the
 * first image of a name, which grades anyway. Nothing of it is stored before a test is over: after a restart it begins
 * anew.
 */

import type { Job, JobNews, Jobs } from '../../jobs/port.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { Environment } from '../discovery/environment.ts';
import type { History } from './history.ts';
import type { Revisions } from './port.ts';
import { shortDigest } from './revision-tags.ts';
import { testSentence } from './sample-test-sentences.ts';
import { stateOf } from './which-revision-grades.ts';

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
  /** Where people see it; without it nobody does. */
  jobs: TestJobs | null;
  /** Whether the samples of a first image run, too. */
  testFirst: boolean;
  failed(error: unknown): void;
};

type Wanted = { name: string; digest: string };

/** A test that cannot be brought to its end (a broken engine) is not tried for ever. */
const MAX_FAILURES = 3;

export function createAutoTest(deps: AutoTestDeps) {
  const { history, environments, revisions, jobs, testFirst, failed } = deps;
  const failures = new Map<string, number>();
  const closing = new AbortController();
  let working: Promise<void> | null = null;

  /** The newest image of each name that was never tested and may become current, or is it. */
  function next(): Wanted | null {
    const { revisions: all, currents } = history.state();
    const wanted = [...Map.groupBy(all, ({ name }) => name)].flatMap(([name, own]) => {
      const here = own.filter(({ digest }) => (environments.revision(digest)?.runtime ?? null) !== null);
      const digest = currents.get(name)?.digest;
      const current = own.find((one) => one.digest === digest);
      const update = here.findLast(
        (one) => stateOf(one, digest) === 'staged' && one.at > (current?.at ?? ''),
      );
      const first = testFirst ? here.find((one) => one === current) : undefined;
      return [update, first]
        .filter((one) => one?.test === null)
        .map((one) => ({ name, digest: one?.digest ?? '' }));
    });
    return wanted.find(({ digest }) => (failures.get(digest) ?? 0) < MAX_FAILURES) ?? null;
  }

  const run = ({ name, digest }: Wanted, stopped: AbortSignal, news?: JobNews) =>
    revisions.test(name, digest, AbortSignal.any([stopped, closing.signal]), news);

  async function testOne(wanted: Wanted): Promise<void> {
    if (jobs === null) await run(wanted, closing.signal);
    else await untilOver(jobs, wanted);
  }

  /** Also one that somebody stops before it began comes to an end, and says so to whoever watches jobs only. */
  async function untilOver(all: TestJobs, { name, digest }: Wanted): Promise<void> {
    const over = Promise.withResolvers<Job | null>();
    const giveUp = () => over.resolve(null);
    closing.signal.addEventListener('abort', giveUp, { once: true });
    const { id } = all.start(
      { kind: 'test', title: `Test ${name} ${shortDigest(digest)}`, by: 'Gradeport' },
      async (news, stopped) => {
        const { cases } = await run({ name, digest }, stopped, news);
        return { sentence: testSentence(cases), environment: name };
      },
    );
    const forget = all.onChange((job) => {
      if (job.id === id && job.endedAt !== null) over.resolve(job);
    });
    const job = await over.promise;
    forget();
    closing.signal.removeEventListener('abort', giveUp);
    // Who stops it does not want it to begin again at once.
    if (job?.state === 'stopped') failures.set(digest, MAX_FAILURES);
    else if (job?.state === 'failed') throw new GradeportError('conflict', job.error ?? 'The test failed.');
  }

  async function work(): Promise<void> {
    while (!closing.signal.aborted && environments.engine().ok) {
      const wanted = next();
      if (wanted === null) return;
      try {
        await testOne(wanted);
      } catch (error) {
        if (closing.signal.aborted) return;
        failures.set(wanted.digest, (failures.get(wanted.digest) ?? 0) + 1);
        failed(error);
      }
    }
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
    /** Stops what runs, and waits for it. */
    async close(): Promise<void> {
      for (const stop of stops) stop();
      closing.abort();
      await working;
    },
  };
}
