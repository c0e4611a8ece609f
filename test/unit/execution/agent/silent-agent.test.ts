/** A container that says nothing: how long it is waited for, and whose fault that is. */
import { afterEach, expect, test, vi } from 'vitest';
import { studentVoice } from '../../../../grading-api/voices.ts';
import { openAgent } from '../../../../server/execution/agent/agent-link.ts';
import type { ContainerEnd, RunningContainer } from '../../../../server/ports/engine/containers.ts';
import { machineState } from '../../../../server/rules/machine-state.ts';
import { fakeContainers } from '../../../support/engine-ports.ts';
import { specWith } from '../../../support/execution/policy-table.ts';

afterEach(() => void vi.useRealTimers());

function silentEngine() {
  const removed = vi.fn();
  const starting = Promise.withResolvers<RunningContainer>();
  const { promise: ended, resolve: ends } = Promise.withResolvers<ContainerEnd>();
  const container: RunningContainer = {
    id: 'silent',
    write: () => {},
    ended,
    usage: async () => null,
    uncounted: [],
    halt: async () => false,
    remove: async () => removed(),
  };
  const containers = fakeContainers({ start: () => starting.promise });
  const stop = new AbortController();
  const around = { studentBytes: null, linePath: null, reports: false, signal: stop.signal };
  const opening = openAgent(containers, specWith(), around, studentVoice);
  return { opening, removed, stop, ends, comes: () => starting.resolve(container) };
}

test('after thirty seconds it counts against the image, once', async () => {
  vi.useFakeTimers();
  const { opening, removed, comes } = silentEngine();
  const said = expect(opening).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/did not get ready: it said nothing for 30\ss/),
  });
  comes();
  await vi.advanceTimersByTimeAsync(30_000);
  await said;
  expect(removed).toHaveBeenCalledOnce();
});

test('one that is killed before it is ready met a machine without memory: no limit of a run is so low', async () => {
  const { opening, removed, comes, ends } = silentEngine();
  const failure = opening.catch((error: unknown) => error);
  comes();
  ends({ exitCode: 137, outOfMemory: false });
  expect(machineState(await failure)).toMatch(/not enough memory for another container/);
  expect(removed).toHaveBeenCalledOnce();
});

test('one that ends otherwise before it is ready is no fault of the machine', async () => {
  const { opening, comes, ends } = silentEngine();
  const failure = opening.catch((error: unknown) => error);
  comes();
  ends({ exitCode: 1, outOfMemory: false });
  expect(machineState(await failure)).toBeNull();
});

test('it is removed at once when its run is stopped', async () => {
  const { opening, removed, stop, comes } = silentEngine();
  comes();
  await new Promise(setImmediate);
  stop.abort();
  await expect(opening).rejects.toMatchObject({ code: 'conflict' });
  expect(removed).toHaveBeenCalledOnce();
});

test('one that the engine starts too late is removed when it comes', async () => {
  const { opening, removed, stop, comes } = silentEngine();
  stop.abort();
  await expect(opening).rejects.toMatchObject({ code: 'conflict' });
  expect(removed).not.toHaveBeenCalled();
  comes();
  await vi.waitFor(() => expect(removed).toHaveBeenCalledOnce());
});
