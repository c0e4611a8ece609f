/** Stopping a run and waiting for its verdict, over a real store and queue without a worker. */
import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test, vi } from 'vitest';
import { openQueue } from '../../../server/adapters/open-queue.ts';
import { visibleTask } from '../../../server/courses/students/visible.ts';
import { GradeportError } from '../../../server/rules/errors.ts';
import { createSubmissions } from '../../../server/submissions/service.ts';
import { createVerdictWaiters } from '../../../server/submissions/verdict-waiters.ts';
import { environment } from '../../support/http/house.ts';
import { sampleUser } from '../../support/store/samples.ts';
import { tempTestStore } from '../../support/store/test-store.ts';
import { submitDeps } from '../../support/submissions/submit-deps.ts';

const NOW = '2026-11-20T10:00:00.000Z';
const person = (id: string) => sampleUser(id, { name: id, roles: { c1: 'student' } });
const ada = person('ada');

/** `taken` are the runs that a worker has. lost: events reach no reader. */
async function openDesk({ lost = false } = {}) {
  const store = await tempTestStore();
  const queue = await openQueue({ kind: 'in-process' });
  const verdicts = createVerdictWaiters();
  const [events, stopped, next]: [string[], string[], string[]] = [[], [], []];
  const taken = new Set<string>();
  const deps = submitDeps(store, {}, [environment]);
  const submissions = createSubmissions({
    ...deps,
    queue,
    verdicts,
    newId: randomUUID,
    clock: () => Date.parse(NOW),
    publish(runId, event) {
      events.push(event.type);
      if (!lost) verdicts.saw(runId, { ...event, seq: 1, attempt: 0, at: NOW });
    },
    commands: {
      async stop(runId) {
        stopped.push(runId);
        return taken.has(runId) ? 'stopping' : null;
      },
      async stopNext(runId) {
        next.push(runId);
      },
    },
  });
  const at = await visibleTask(deps, ada, 'c1', 'hello');
  const result = await submissions.submit(ada, at, new Map([['q1', 'x']]));
  if (!result.ok) throw new Error('refused');
  return { store, queue, submissions, events, stopped, next, taken, run: result.run };
}
let desk: Awaited<ReturnType<typeof openDesk>>;
beforeEach(async () => {
  desk = await openDesk();
});

test('a run that waits is killed in the queue, and a page that waits for its verdict hears of it', async () => {
  const { submissions, run } = desk;
  const verdict = submissions.settled(run, 60_000);
  expect(await submissions.kill(ada, run)).toBe('stopped');
  expect(await verdict).toBe(true);
  expect(await desk.store.runs.get(run)).toMatchObject({ state: 'done', outcome: { verdict: 'killed' } });
  expect(desk.events).toEqual(['queued', 'done']);
  expect(await submissions.position(run)).toBeNull();
  // A worker may remember an earlier try of it.
  expect(desk.stopped).toEqual([run]);
  expect(await submissions.settled(run, 60_000)).toBe(true);
});

test('a run that a worker has is stopped by it; one that is over is not', async () => {
  const { submissions, run } = desk;
  await desk.queue.remove(run);
  desk.taken.add(run);
  await desk.store.runs.update({ id: run }, { $set: { state: 'running' } });
  expect(await submissions.kill(ada, run)).toBe('stopping');
  desk.taken.delete(run);
  await desk.store.runs.update({ id: run }, { $set: { state: 'done' } });
  expect(await submissions.kill(ada, run)).toBe('over');
  expect(desk.stopped).toEqual([run]);
});

test('a run that counts as running and that no worker has is killed, too, and only once', async () => {
  const { submissions, run } = desk;
  await desk.queue.remove(run);
  await desk.store.runs.update({ id: run }, { $set: { state: 'running' }, $inc: { attempt: 1 } });
  expect(await submissions.kill(ada, run)).toBe('stopped');
  expect(await desk.store.runs.get(run)).toMatchObject({ state: 'done', outcome: { verdict: 'killed' } });
  expect(await submissions.kill(ada, run)).toBe('over');
  expect(desk.events).toEqual(['queued', 'done']);
});

test('a run that waits stays in the queue when the store refuses its end', async () => {
  const { submissions, run, store } = desk;
  const update = vi.spyOn(store.runs, 'update').mockRejectedValueOnce(new Error('broken'));
  await expect(submissions.kill(ada, run)).rejects.toThrow('broken');
  expect(await submissions.position(run)).toBe(0);
  update.mockRestore();
  expect(await submissions.kill(ada, run)).toBe('stopped');
});

test.each([
  ['no worker has', false, (run: string) => [[run], [run]]],
  ['a worker has', true, (run: string) => [[run], []]],
])('while the store takes no writes, a run that %s is left to the worker', async (_, isTaken, sent) => {
  const { submissions, run, store } = desk;
  if (isTaken) desk.taken.add(run);
  vi.spyOn(store.runs, 'update').mockRejectedValueOnce(new GradeportError('busy', 'busy'));
  expect(await submissions.kill(ada, run)).toBe('stopping');
  expect([desk.stopped, desk.next]).toEqual(sent(run));
});

test('a run that goes back to the queue while it is being stopped is stopped there', async () => {
  const { submissions, run, store } = desk;
  await store.runs.update({ id: run }, { $set: { state: 'running' }, $inc: { attempt: 1 } });
  const { update } = store.runs;
  vi.spyOn(store.runs, 'update').mockImplementationOnce(async (...given) => {
    await update({ id: run }, { $set: { state: 'queued' } });
    return update(...given);
  });
  expect(await submissions.kill(ada, run)).toBe('stopped');
  expect(await store.runs.get(run)).toMatchObject({ state: 'done', outcome: { verdict: 'killed' } });
});

test('a run of somebody else cannot be stopped, and nothing is said of it', async () => {
  await expect(desk.submissions.kill(person('bob'), desk.run)).rejects.toMatchObject({ code: 'not-found' });
  expect(await desk.submissions.position(desk.run)).toBe(0);
});

test('a verdict whose event was lost is found in the store', async () => {
  const { submissions, run } = await openDesk({ lost: true });
  const verdict = submissions.settled(run, 50);
  await submissions.kill(ada, run);
  expect(await verdict).toBe(true);
});

test('a verdict that does not come is not waited for longer than asked', async () => {
  expect(await desk.submissions.settled(desk.run, 0)).toBe(false);
});
