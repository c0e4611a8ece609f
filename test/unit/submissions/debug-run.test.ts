import { afterEach, beforeEach, expect, test } from 'vitest';
import type { User } from '../../../server/model/collections.ts';
import { debugRun } from '../../../server/submissions/debug-run.ts';
import { progressOf } from '../../../server/submissions/progress.ts';
import { demoCourse } from '../../support/http/course.ts';
import { outcomeWith } from '../../support/http/grading.ts';
import { type House, openHouse } from '../../support/http/house.ts';
import { idleQueue } from '../../support/stand-ins.ts';

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

const deps = (checkRoom: () => void = () => {}) => ({
  store: house.store,
  queue: { ...idleQueue(checkRoom), push: async (id: string) => void queued.push(id) },
  publish: () => {},
  newId: () => `debug-${queued.length}`,
  clock: () => house.time.now,
});

async function gradedRun(): Promise<string> {
  const result = await house.grading.submit(eve, 'c1', 'hello', new Map([['q1', 'x']]));
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
  const full = () => {
    throw new Error('full');
  };
  await expect(debugRun(deps(full), tess, run)).rejects.toThrow('full');
  expect(await house.store.runs.count({ debug: true })).toBe(0);
  await debugRun(deps(), tess, run);
  await expect(debugRun(deps(), tess, run)).rejects.toThrow('is not over yet');
});
