/** A worker that has only a channel to the process with the store. test/containers has it as a process. */
import { beforeEach, expect, test, vi } from 'vitest';
import type { Executor } from '../../../server/execution/execute.ts';
import type { TerminalLine, TerminalScreen } from '../../../server/ports/terminals.ts';
import { createRunLoop } from '../../../server/worker/loop.ts';
import { joinHost } from '../../../server/worker/remote/guest.ts';
import { hostWorker } from '../../../server/worker/remote/host.ts';
import { createPeer } from '../../../server/worker/remote/peer.ts';
import { fakeContainers } from '../../support/engine-ports.ts';
import { outcomeWith } from '../../support/http/grading.ts';
import { environment, environmentsOf } from '../../support/http/house.ts';
import { ada } from '../../support/store/handler.ts';
import { linkedEnds } from '../../support/worker/linked.ts';
import { openWorkerHouse, passes } from '../../support/worker/worker-house.ts';

/** The worker house without its own worker; what its loop would have is on the other end of the channel. */
async function openRemote(execute: Executor = passes, screen: Partial<TerminalScreen> = {}) {
  const house = await openWorkerHouse();
  const ends = linkedEnds();
  const lines: TerminalLine[] = [];
  const faults: unknown[] = [];
  const { catalogue } = environmentsOf([environment]);
  const hosted = hostWorker(ends.here, {
    ...house.ports,
    environments: { ...catalogue, engine: () => ({ ok: true, sentence: '' }) },
    terminals: {
      of: () => (line) => {
        lines.push(line);
        return { print() {}, opened() {}, closed() {}, ...screen };
      },
    },
    settings: { options: { concurrency: 2 }, instance: 'i', folder: '/nowhere' },
    workerDied: (run) => house.recovery.workerDied(run),
    failed: (error) => faults.push(error),
  });
  const guest = await joinHost(ends.there, (error) => faults.push(error));
  const loop = createRunLoop({
    ...guest,
    execute,
    containers: fakeContainers({ list: async () => [], endLost: async () => 0 }),
    instance: 'i',
    runsFolder: house.folder,
    concurrency: 1,
    log: { error() {}, warn() {}, info() {} },
  });
  const closed = Promise.withResolvers<void>();
  guest.obey(loop, closed.resolve);
  loop.start();
  await hosted.started;
  return { ...ends, house, hosted, guest, lines, faults, closed: closed.promise };
}

/** Grades until the run is stopped. */
function lasting() {
  const begun = Promise.withResolvers<void>();
  const execute: Executor = async (request) => {
    begun.resolve();
    await new Promise<void>((resolve) => request.signal.addEventListener('abort', () => resolve()));
    throw new Error('It was stopped.');
  };
  return { execute, begun: begun.promise };
}

let seen: unknown[];
beforeEach(() => {
  seen = [];
});

test('has task and input, and its verdict is stored and published', async () => {
  const { house } = await openRemote(async (request) => {
    seen.push(request.task.id, request.input.input['q1'], request.input.answers.get('q1'));
    return passes(request);
  });
  const [run, quiz] = [await house.stored('run'), await house.stored('quiz', { task: 'quiz' })];
  for (const id of [run, quiz]) await house.queue.push(id, ada);
  expect(await Promise.all([house.verdictOf(run), house.verdictOf(quiz)])).toEqual(['success', 'success']);
  expect(seen).toEqual(['hello', 'x', 'x']);
  expect(await house.store.runs.get(run)).toMatchObject({ state: 'done', attempt: 1 });
});

test('a run is stopped through the channel; one that the worker does not have is not', async () => {
  const { execute, begun } = lasting();
  const { house, hosted } = await openRemote(execute);
  const run = await house.stored('run');
  await house.queue.push(run, ada);
  await begun;
  expect([hosted.isRunning(run), await hosted.stop('another'), await hosted.stop(run)]).toEqual([
    true,
    null,
    'stopping',
  ]);
  expect(await house.verdictOf(run)).toBe('killed');
});

test('a worker that is closed gives its runs back, and says when it is ready to end', async () => {
  const { execute, begun } = lasting();
  const { house, hosted, closed } = await openRemote(execute);
  const run = await house.stored('run');
  await house.queue.push(run, ada);
  await begun;
  await hosted.close();
  await closed;
  expect(await house.store.runs.get(run)).toMatchObject({ state: 'queued', failures: 0 });
});

test('a worker that dies costs its run a failure, and the run is queued again', async () => {
  const { execute, begun } = lasting();
  const { house, hosted, cut } = await openRemote(execute);
  const run = await house.stored('run');
  await house.queue.push(run, ada);
  await begun;
  cut();
  await vi.waitFor(async () =>
    expect(await house.store.runs.get(run)).toMatchObject({ state: 'queued', failures: 1 }),
  );
  expect(await hosted.stop(run)).toBeNull();
});

test('ends no run that it has not claimed, and says no event that is none', async () => {
  const { house, there, faults } = await openRemote();
  const run = await house.stored('run');
  const forged = createPeer(there, {}, () => {});
  const ending = { outcome: outcomeWith(), environment: null };
  await expect(forged.ask('finish', { runId: run, ending })).rejects.toMatchObject({ code: 'conflict' });
  await expect(forged.ask('finish', { runId: run, ending: {} })).rejects.toThrow('outcome');
  await expect(forged.ask('remove', run)).rejects.toMatchObject({ code: 'usage' });
  expect(await house.store.runs.get(run)).toMatchObject({ state: 'queued', outcome: null });
  forged.tell('event', 'nothing');
  await vi.waitFor(() => expect(faults).toHaveLength(1));
});

test('a terminal goes both ways, and its program waits for readers that are slow', async () => {
  const printed: string[] = [];
  const behind = Promise.withResolvers<boolean>();
  const typed = Promise.withResolvers<string>();
  const shown = Promise.withResolvers<TerminalScreen>();
  const over = Promise.withResolvers<void>();
  const remote = await openRemote(
    async (request) => {
      const line: TerminalLine = {
        connect() {},
        resize() {},
        finish: over.resolve,
        behind: behind.resolve,
        type: (bytes) => typed.resolve(Buffer.from(bytes).toString()),
      };
      const screen = request.showTerminal?.(line, 0);
      if (screen) shown.resolve(screen);
      await over.promise;
      return passes(request);
    },
    { print: (bytes) => printed.push(bytes.toString()) },
  );
  const run = await remote.house.stored('run');
  await remote.house.queue.push(run, ada);
  const screen = await shown.promise;
  await vi.waitFor(() => expect(remote.lines).toHaveLength(1));
  remote.lines[0]?.type(Buffer.from('ls'));
  expect(await typed.promise).toBe('ls');
  for (const text of ['a', 'b', 'c', 'd', 'e']) screen.print(Buffer.from(text));
  await vi.waitFor(() => expect(printed.join('')).toBe('abcde'));
  remote.lines[0]?.behind(true);
  expect(await behind.promise).toBe(true);
  remote.lines[0]?.finish();
  expect(await remote.house.verdictOf(run)).toBe('success');
});
