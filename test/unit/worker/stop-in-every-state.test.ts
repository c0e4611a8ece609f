/** Stop works in whatever state a run is, says what came of it, and never leaves a run that goes on. */
import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import type { Executor } from '../../../server/execution/execute.ts';
import type { User } from '../../../server/model/collections.ts';
import { GradeportError } from '../../../server/rules/errors.ts';
import { createSubmissions } from '../../../server/submissions/service.ts';
import { createVerdictWaiters } from '../../../server/submissions/verdict-waiters.ts';
import { sampleUser } from '../../support/store/samples.ts';
import { submitDeps } from '../../support/submissions/submit-deps.ts';
import { openWorkerHouse, passes, type StoreFault } from '../../support/worker/worker-house.ts';

const ada: User = sampleUser('ada', { name: 'ada', roles: { c1: 'student' } });
const BUSY = new GradeportError('busy', 'Another program keeps the database busy.');

/** Ends as containers that are taken away do. */
const untilStopped: Executor = async ({ signal }) => {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(new Error('taken away')));
  return promise;
};

async function openHouse(executeWith: (fault: StoreFault) => Executor = () => passes) {
  const fault: StoreFault = { error: null };
  const house = await openWorkerHouse({ execute: executeWith(fault), fault });
  const submissions = createSubmissions({
    ...submitDeps(house.faulty),
    queue: house.queue,
    publish: house.ports.publish,
    verdicts: createVerdictWaiters(),
    newId: randomUUID,
    commands: house.worker,
  });
  return { ...house, fault, stop: (run: string) => submissions.kill(ada, run) };
}
type House = Awaited<ReturnType<typeof openHouse>>;

/** A report is rendered in a thread, which starts at the first one. */
const PATIENT = { timeout: 20_000 };
const isRunning = (house: House, run: string) =>
  vi.waitFor(
    async () => expect(await house.store.runs.get(run)).toMatchObject({ state: 'running' }),
    PATIENT,
  );
const isPaused = (house: House) => vi.waitFor(() => expect(house.worker.paused()).not.toBeNull(), PATIENT);

type State = {
  execute?: (fault: StoreFault) => Executor;
  /** Brings the run into its state. */
  arrange(house: House): Promise<string>;
  answer: string;
  verdict?: string;
};

const states: Record<string, State> = {
  'waits in the queue': {
    async arrange(house) {
      const run = await house.stored('run');
      await house.queue.push(run, { owner: 'ada', course: 'c1' });
      return run;
    },
    answer: 'stopped',
  },
  'waits for the engine': {
    async arrange(house) {
      house.engineGoes();
      const run = await house.stored('run');
      await house.worker.start();
      return run;
    },
    answer: 'stopped',
  },
  'is being graded': {
    execute: () => untilStopped,
    async arrange(house) {
      const run = await house.stored('run');
      await house.worker.start();
      await isRunning(house, run);
      return run;
    },
    answer: 'stopping',
  },
  'is being graded while the store takes no writes': {
    execute: () => untilStopped,
    async arrange(house) {
      const run = await house.stored('run');
      await house.worker.start();
      await isRunning(house, run);
      house.fault.error = BUSY;
      return run;
    },
    answer: 'stopping',
  },
  'waits while the store takes no writes': {
    async arrange(house) {
      await house.worker.start();
      house.fault.error = BUSY;
      const run = await house.stored('run');
      await house.queue.push(run, { owner: 'ada', course: 'c1' });
      await isPaused(house);
      return run;
    },
    answer: 'stopping',
  },
  'has a verdict that waits for the store': {
    execute: (fault) => async (request) => {
      fault.error = BUSY;
      return passes(request);
    },
    async arrange(house) {
      const run = await house.stored('run');
      await house.worker.start();
      await isPaused(house);
      return run;
    },
    answer: 'graded',
    verdict: 'success',
  },
  'counts as running although no worker has it': {
    arrange: (house) => house.stored('run', { state: 'running', attempt: 1 }),
    answer: 'stopped',
  },
};

test.each(Object.entries(states))(
  'a run that %s',
  async (_, { execute, arrange, answer, verdict = 'killed' }) => {
    const house = await openHouse(execute);
    const run = await arrange(house);
    expect(await house.stop(run)).toBe(answer);
    house.fault.error = null;
    expect(await house.verdictOf(run)).toBe(verdict);
    expect(await house.stop(run)).toBe('over');
    expect(house.eventsOf(run).filter((type) => type === 'done')).toHaveLength(1);
  },
);

test('a run that waits while the whole machine is in a bad state', async () => {
  const full = Object.assign(new Error('mkdir'), { code: 'ENOSPC' });
  const house = await openHouse(() => async () => Promise.reject(full));
  const [run, other] = [await house.stored('run'), await house.stored('other', { userId: 'bob' })];
  await house.worker.start();
  await isPaused(house);
  expect(await house.stop(run)).toMatch(/^stopp(ed|ing)$/);
  expect(await house.verdictOf(run)).toBe('killed');
  expect(await house.store.runs.get(other)).toMatchObject({ outcome: null });
});

test('a run that is stopped before its worker has begun, while the store takes no writes', async () => {
  const house = await openHouse();
  const run = await house.stored('run');
  house.fault.error = BUSY;
  expect(await house.stop(run)).toBe('stopping');
  house.fault.error = null;
  await house.worker.start();
  expect(await house.verdictOf(run)).toBe('killed');
});
