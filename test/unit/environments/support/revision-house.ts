/** Revisions over a real store and a scripted engine; samples say what the test says. */
import { createAutoTest } from '../../../../server/environments/auto-test.ts';
import { openEnvironments } from '../../../../server/environments/catalogue.ts';
import { openHistory } from '../../../../server/environments/history.ts';
import type { SampleRunner } from '../../../../server/environments/revision-tests.ts';
import { createRevisions } from '../../../../server/environments/revisions.ts';
import type { CaseOutcome } from '../../../../server/environments/revisions-port.ts';
import { createStock, type Origin } from '../../../../server/environments/stock.ts';
import { createUsed } from '../../../../server/environments/used.ts';
import type { Store } from '../../../../server/store/port.ts';
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
};

export async function openRevisionHouse(
  store: Store,
  engine = scriptedEngine(),
  { promote = 'when-tested', testFirst = false, installation = INSTALLATION }: HouseOptions = {},
) {
  const samples = new Map<string, CaseOutcome[]>();
  const asked: string[] = [];
  const failures: unknown[] = [];
  let hold: Promise<void> = Promise.resolve();
  let broken = 0;
  let now = Date.parse('2026-11-20T10:00:00Z');
  // Every look at the clock is another instant, so that an order can be told.
  const clock = () => (now += 1000);
  const failed = (error: unknown) => void failures.push(error);
  const history = await openHistory(store, clock);
  const origins = new Map<string, Origin>();
  const stock = createStock({ store, engine, history, origins, installation, failed });
  const environments = await openEnvironments(engine, {}, {}, [], stock.judge);
  const run: SampleRunner = async ({ candidate, stopped }) => {
    asked.push(candidate.digest);
    await Promise.race([
      hold,
      new Promise((_, reject) => stopped.addEventListener('abort', () => reject(new Error('stopped')))),
    ]);
    if (broken-- > 0) throw new Error('The engine went away.');
    return samples.get(candidate.digest) ?? [];
  };
  const revisions = createRevisions({
    store,
    engine,
    history,
    stock,
    origins,
    environments,
    run,
    promote,
    failed,
  });
  const autoTest = createAutoTest({ history, environments, revisions, jobs: null, testFirst, failed });
  const used = createUsed({ store, history, stock, failed });
  return {
    ...{ engine, revisions, environments, history, samples, asked, failures, autoTest, used },
    /** So many tests fail from now on, by no fault of the image. */
    breakSamples(times: number): void {
      broken = times;
    },
    /** Samples wait until the returned function is called. */
    holdSamples(): () => void {
      const held = Promise.withResolvers<void>();
      hold = held.promise;
      return held.resolve;
    },
    states: async (name: string): Promise<string[]> =>
      (await revisions.list(name)).map(({ digest, state }) => `${digest.at(-1)} ${state}`),
    async close() {
      await autoTest.close();
      await used.close();
      await revisions.close();
      await environments.close();
    },
  };
}
export type RevisionHouse = Awaited<ReturnType<typeof openRevisionHouse>>;
