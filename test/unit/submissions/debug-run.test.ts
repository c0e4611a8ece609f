import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { User } from '../../../server/model/collections.ts';
import { debugRun } from '../../../server/submissions/debug-run.ts';
import { progressOf } from '../../../server/submissions/progress.ts';
import { demoCourse } from '../../support/http/course.ts';
import { outcomeWith, taskAt } from '../../support/http/grading.ts';
import { environment, type House, openHouse } from '../../support/http/house.ts';
import { idleQueue } from '../../support/stand-ins.ts';
import { handIn, submitDeps } from '../../support/submissions/submit-deps.ts';

let house: House;
let queued: string[];
let eve: User;
let tess: User;
beforeEach(async () => {
  house = await openHouse();
  queued = [];
  eve = (await house.person('eve', 'student')).user;
  tess = (await house.person('tess', 'teacher')).user;
});
afterEach(() => house.close());

const deps = (checkRoom = async () => {}) => ({
  store: house.store,
  queue: { ...idleQueue(checkRoom), push: async (id: string) => void queued.push(id) },
  publish: () => {},
  newId: randomUUID,
  clock: () => house.time.now,
});

async function gradedRun(): Promise<string> {
  const result = await house.grading.submit(eve, taskAt('c1', 'hello'), new Map([['q1', 'x']]));
  if (!result.ok) throw new Error('refused');
  await house.grading.finish(result.run, outcomeWith({ grade: 40, verdict: 'failed' }));
  return result.run;
}

test('a teacher grades a submission again with debug, and the student’s grade stays', async () => {
  const run = await gradedRun();
  const id = await debugRun(deps(), tess, run);
  expect(queued).toEqual([id]);
  const [before, after] = await Promise.all([house.store.runs.get(run), house.store.runs.get(id)]);
  expect(after).toMatchObject({
    submission: before?.submission,
    userId: tess.id,
    debug: true,
    state: 'queued',
  });
  await house.grading.finish(id, outcomeWith({ grade: 100 }));
  const student = await progressOf(house.store, { owners: eve.id, staff: false }, demoCourse());
  expect(student.get('hello')).toEqual({ status: 'tried', grade: 40 });
  const teacher = await progressOf(house.store, { owners: tess.id, staff: true }, demoCourse());
  expect(teacher.get('hello')).toBeUndefined();
});

test('a student cannot, and learns nothing of the run', async () => {
  const run = await gradedRun();
  await expect(debugRun(deps(), eve, run)).rejects.toThrow('There is no such run.');
  await expect(debugRun(deps(), tess, 'none')).rejects.toThrow('There is no such run.');
  expect(queued).toEqual([]);
});

test('one at a time, and none is left where the queue is full', async () => {
  const run = await gradedRun();
  const full = async () => {
    throw new Error('full');
  };
  await expect(debugRun(deps(full), tess, run)).rejects.toThrow('full');
  expect(await house.store.runs.count({ debug: true })).toBe(0);
  await debugRun(deps(), tess, run);
  await expect(debugRun(deps(), tess, run)).rejects.toThrow('is not over yet');
});

test('of two at the same moment one begins, and so it is beside a submission of one’s own', async () => {
  const run = await gradedRun();
  const both = await Promise.allSettled([debugRun(deps(), tess, run), debugRun(deps(), tess, run)]);
  expect(both).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'busy' } }]);
  expect(queued).toHaveLength(1);
  await house.grading.finish(queued[0] ?? '', outcomeWith());

  const submitting = handIn({ ...submitDeps(house.store, {}, [environment]), ...deps() }, tess, 'hello');
  const beside = await Promise.allSettled([debugRun(deps(), tess, run), submitting]);
  expect(beside.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await house.store.runs.count({ userId: tess.id, state: 'queued' })).toBe(1);
});
