/** Revisions over a real store and a scripted engine; samples say what the test says. */
import { assembleEnvironments } from '../../../server/environments/assemble.ts';
import type { CaseOutcome } from '../../../server/environments/revisions/port.ts';
import type { SampleRunner } from '../../../server/environments/revisions/tests/revision-tests.ts';
import type { Store } from '../../../server/ports/store.ts';
import { scriptedEngine } from './scripted-engine.ts';

export const passing: CaseOutcome = {
  task: { course: 'demo', task: 'sum' },
  sample: 'right',
  differences: [],
  verdict: 'success',
  grade: 100,
  before: null,
};
export const failing: CaseOutcome = {
  ...passing,
  differences: ['expected grade 100, got 50'],
  verdict: 'failed',
  grade: 50,
  before: { verdict: 'success', grade: 100 },
};

/** The name of the house that a test has, if it has only one. */
export const INSTALLATION = 'aaaa0000';
export type HouseOptions = {
  promote?: 'when-tested' | 'by-hand';
  testFirst?: boolean;
  installation?: string;
  /** When its clock begins. */
  now?: string;
};

export async function openRevisionHouse(
  store: Store,
  engine = scriptedEngine(),
  {
    promote = 'when-tested',
    testFirst = false,
    installation = INSTALLATION,
    now: start = '2026-11-20T10:00:00Z',
  }: HouseOptions = {},
) {
  const samples = new Map<string, CaseOutcome[]>();
  const asked: string[] = [];
  const failures: unknown[] = [];
  let hold: Promise<void> = Promise.resolve();
  let broken = 0;
  let fault = new Error('The samples went away.');
  let now = Date.parse(start);
  // Every look at the clock is another instant, so that an order can be told.
  const clock = () => (now += 1000);
  const failed = (error: unknown) => void failures.push(error);
  const run: SampleRunner = async ({ candidate, stopped }) => {
    asked.push(candidate.digest);
    await Promise.race([
      hold,
      new Promise((_, reject) => stopped.addEventListener('abort', () => reject(new Error('stopped')))),
    ]);
    if (broken-- > 0) throw fault;
    return samples.get(candidate.digest) ?? [];
  };
  const assembled = await assembleEnvironments({
    store,
    engine,
    clock,
    failed,
    promote,
    testFirst,
    installation,
    jobs: null,
    runtimes: {},
    aliases: {},
    shipped: [],
    againMs: 1,
    runnerIn: () => run,
  });
  return {
    ...assembled,
    engine,
    samples,
    asked,
    failures,
    /** So many tests fail from now on, by no fault of the image. */
    breakSamples(times: number, error = new Error('The engine went away.')): void {
      broken = times;
      fault = error;
    },
    /** Samples wait until the returned function is called. */
    holdSamples(): () => void {
      const held = Promise.withResolvers<void>();
      hold = held.promise;
      return held.resolve;
    },
    states: async (name: string): Promise<string[]> =>
      (await assembled.revisions.list(name)).map(({ digest, state }) => `${digest.at(-1)} ${state}`),
  };
}
