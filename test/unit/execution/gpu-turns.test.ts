/** One run per GPU: where the gate stands in the grader. What a container with a GPU gets is in container-policy.test.ts. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../server/config/config.ts';
import { createExecutor } from '../../../server/execution/execute.ts';
import { fakeContainers } from '../../support/engine-ports.ts';
import { taskNamed } from '../../support/http/course.ts';
import { environmentNamed } from '../../support/stand-ins.ts';

const environment = (name: string, needGpu: boolean) =>
  environmentNamed(name, { needGpu, runtime: 'nvidia' });

/** A grader whose runs get as far as their slot, stay there until told, and fail then. */
function graderThatStops(gpuRuns?: number) {
  const inside: { name: string; leave(): void }[] = [];
  const grader = createExecutor({
    containers: fakeContainers(),
    environments: {
      find: (name) => environment(name, name === 'gpu'),
      runtimes: () => ['nvidia'],
    },
    table: {},
    ceilings: loadConfig({}, undefined, {}).ceilings,
    slots: {
      async take({ place }) {
        const { promise, resolve } = Promise.withResolvers<void>();
        inside.push({ name: place.environment.name, leave: resolve });
        await promise;
        throw new Error('told to leave');
      },
    },
    ...(gpuRuns !== undefined && { gpuRuns }),
  });
  const grade = (name: string, signal = new AbortController().signal) =>
    grader({
      runId: 'r',
      attempt: 1,
      task: { ...taskNamed('t'), environment: name },
      common: null,
      input: { answers: new Map(), input: {}, files: [] },
      runtime: null,
      debug: false,
      signal,
      publish: () => {},
    }).then(
      ({ outcome }) => outcome.verdict,
      (error: Error) => error.message,
    );
  return { grade, inside };
}

/** Runs on their way to a slot wait for nothing outside: a turn of the event loop later all are where they stop. */
const turns = () => setImmediate();

test('runs that need a GPU take turns, and no other run waits for them', async () => {
  const { grade, inside } = graderThatStops();
  const runs = [grade('gpu'), grade('gpu'), grade('plain')];
  await turns();
  expect(inside.map(({ name }) => name).sort()).toEqual(['gpu', 'plain']);
  inside.find(({ name }) => name === 'gpu')?.leave();
  expect(await runs[0]).toBe('told to leave');
  await turns();
  expect(inside.map(({ name }) => name).sort()).toEqual(['gpu', 'gpu', 'plain']);
  for (const { leave } of inside) leave();
  await Promise.all(runs);
});

test('an operator who shares the GPU lets as many in as he said', async () => {
  const { grade, inside } = graderThatStops(2);
  const runs = [grade('gpu'), grade('gpu'), grade('gpu')];
  await turns();
  expect(inside).toHaveLength(2);
  for (let next = 0; next < 3; next += 1) {
    inside[next]?.leave();
    await turns();
  }
  expect(await Promise.all(runs)).toEqual(Array(3).fill('told to leave'));
});

test('a run that is stopped while it waits for a GPU does not wait on', async () => {
  const { grade, inside } = graderThatStops();
  const first = grade('gpu');
  const stop = new AbortController();
  const second = grade('gpu', stop.signal);
  await turns();
  stop.abort();
  expect(await second).toBe('killed');
  expect(inside).toHaveLength(1);
  inside[0]?.leave();
  await first;
});
