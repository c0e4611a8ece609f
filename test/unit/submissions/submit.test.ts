import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomNumbers } from '../../../server/courses/random-numbers.ts';
import type { Course, Task } from '../../../server/courses/task.ts';
import type { Environment } from '../../../server/environments/discovery/environment.ts';
import type { User } from '../../../server/model/collections.ts';
import { outcomeWithoutRun } from '../../../server/model/outcome-without-run.ts';
import type { Store } from '../../../server/ports/store.ts';
import type { Reading } from '../../../server/submissions/port.ts';
import { inputOf } from '../../../server/worker/grader-input.ts';
import { taskNamed } from '../../support/http/course.ts';
import { environment } from '../../support/http/house.ts';
import { sampleUser } from '../../support/store/samples.ts';
import { openTestStore } from '../../support/store/test-store.ts';
import { handIn as handInTo, submitDeps } from '../../support/submissions/submit-deps.ts';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradeport-submit-'));
  store = await openTestStore(folder);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const person = (name: string, role: 'student' | 'teacher'): User =>
  sampleUser(`id-${name}`, { name, displayName: name, roles: { c1: role } });
const ada = person('ada', 'student');
/** What the course deals out: null is all. */
let deals: Course['deals'] = null;
/** Students come to it from a learning platform. */
const lti = { url: null, sendBackGrade: true, secretOf: () => 'secret' };
const fields = [{ id: 'year', description: 'Year', kind: 'integer' as const }];

/** Hands in, and finishes the run at once. */
async function handIn(task: Task, reading?: Reading, actor = ada, environments: Environment[] = []) {
  const deps = submitDeps(store, { tasks: [task], fields, deals, lti }, environments);
  const result = await handInTo(deps, actor, task.id, reading);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  const outcome = outcomeWithoutRun({ kind: 'killed' });
  await store.runs.update(
    { id: result.run },
    { $set: { state: 'done', outcome }, $unset: { openKey: true } },
  );
  const submission = await store.submissions.get(result.submission);
  if (!submission) throw new Error('not stored');
  return submission;
}
const quiz = (change: Partial<Task>) => taskNamed('limited', { environment: null, ...change });

describe('a submission', () => {
  test('beyond the task’s limit is refused with a sentence; staff may go on', async () => {
    const task = quiz({ submissionLimit: { amount: 1, hours: 2 } });
    await handIn(task);
    await expect(handIn(task)).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringMatching(
        /^This task takes one submission within 2 hours, and you have used it\. The next/,
      ),
    });
    expect(await store.submissions.count({})).toBe(1);
    await handIn(task, undefined, person('tess', 'teacher'));
    await handIn(task, undefined, person('tess', 'teacher'));
  });

  test('keeps the student’s language and numbers, and the grader gets them', async () => {
    const task = quiz({ random: { count: 2, regenerate: false } });
    const random = randomNumbers(task, 'ada', 0);
    const submission = await handIn(task, { lang: 'fr', random });
    expect(submission).toMatchObject({ lang: 'fr', random });
    const { input, spoken } = await inputOf(submission, [ada], '', store.blobs);
    expect(spoken).toBe('fr');
    expect(input).toMatchObject({ '@lang': 'fr', '@random': random, '@attempts': '1' });
  });

  test('to a task that the course did not deal to the student is refused', async () => {
    deals = [{ title: 'All', amount: 0, tasks: ['limited'] }];
    await expect(handIn(quiz({}))).rejects.toMatchObject({ code: 'not-found' });
    await handIn(quiz({}), undefined, person('tess', 'teacher'));
    deals = null;
    await handIn(quiz({}));
  });

  test('keeps what the student had entered in the course, and the grader sees that', async () => {
    expect((await handIn(quiz({}))).settings).toBeUndefined();
    await store.settings.insert({
      id: 'c1/id-ada',
      course: 'c1',
      userId: 'id-ada',
      values: { year: 2, old: 'x' },
    });
    const submission = await handIn(quiz({}));
    await store.settings.update({ id: 'c1/id-ada' }, { $set: { values: { year: 3 } } });
    const { input } = await inputOf(submission, [ada], '', store.blobs);
    expect(input['@settings']).toEqual({ year: 2 });
  });

  test('carries what the learning platform said about this task alone, and notes that it is owed a grade', async () => {
    const zoe: User = { ...person('zoe', 'student'), lti: { course: 'c1', key: 'k', userId: '7' } };
    const place = { url: 'https://lms.example/o', sourcedId: 's', key: 'k' };
    const fields = { username: '7', roles: ['Learner'] };
    const at = new Date(NOW).toISOString();
    await store.ltiLaunches.insert({ id: `c1/limited/${zoe.id}`, userId: zoe.id, at, fields, place });
    const submission = await handIn(quiz({}), undefined, zoe);
    const { input } = await inputOf(submission, [zoe], '', store.blobs);
    expect(input).toMatchObject({ '@lti_username': '7', '@lti_roles': ['Learner'] });
    expect(JSON.stringify(input)).not.toContain('lms.example');
    expect(await store.gradeReturns.find({})).toMatchObject([
      { submission: submission.id, userId: zoe.id, state: 'ungraded', place },
    ]);
    const others = [
      await handIn(quiz({ id: 'other' }), undefined, zoe),
      await handIn(quiz({}), undefined, { ...ada, id: 'u2' }),
    ];
    for (const other of others) {
      const keys = Object.keys((await inputOf(other, [zoe], '', store.blobs)).input);
      expect(keys.filter((key) => key.startsWith('@lti'))).toEqual([]);
    }
    expect(await store.gradeReturns.count({})).toBe(1);
  });

  test('keeps the environment that the student chose; one that the task does not list is refused', async () => {
    const task = taskNamed('choose', { environment: 'default', environmentChoices: ['cpp'] });
    const list = [environment, { ...environment, name: 'cpp', aliases: [] }];
    const chosen = await handIn(task, { lang: 'en', environment: 'cpp' }, ada, list);
    expect(chosen.environment).toBe('cpp');
    await expect(handIn(task, { lang: 'en', environment: 'root' }, ada, list)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('Choose one of default, cpp'),
    });
    // Listed, but not here: as with the task's own.
    await expect(handIn(task, { lang: 'en', environment: 'cpp' }, ada, [environment])).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await store.submissions.count({})).toBe(1);
  });

  test('is not taken with numbers that are no longer the student’s', async () => {
    const task = quiz({ random: { count: 2, regenerate: true } });
    const shown = randomNumbers(task, 'ada', 0);
    await handIn(task, { lang: 'en', random: shown });
    await expect(handIn(task, { lang: 'en', random: shown })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('numbers of this task have changed'),
    });
    await handIn(task, { lang: 'en', random: randomNumbers(task, 'ada', 1) });
  });
});
