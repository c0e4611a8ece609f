/** Handing in by groups: whose it is, who sees it, and what counts as the group's. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Task } from '../../../server/courses/task.ts';
import type { User } from '../../../server/model/collections.ts';
import { createGroups, type Groups } from '../../../server/people/groups.ts';
import { ownersById, partyOf, peopleOf, tellUsersTheirTeams } from '../../../server/people/teams.ts';
import type { Store } from '../../../server/ports/store.ts';
import { can } from '../../../server/rules/access.ts';
import { progressOf } from '../../../server/submissions/progress.ts';
import { inputOf } from '../../../server/worker/grader-input.ts';
import { taskNamed } from '../../support/http/course.ts';
import { outcomeWith } from '../../support/http/grading.ts';
import { sampleUser } from '../../support/store/samples.ts';
import { openTestStore } from '../../support/store/test-store.ts';
import { handIn, submitDeps } from '../../support/submissions/submit-deps.ts';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const task = taskNamed('together', { environment: null, groups: true });
let folder: string;
let store: Store;
let groups: Groups;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradeport-teams-'));
  store = await openTestStore(folder);
  groups = createGroups(store, () => NOW);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

async function person(name: string, role: 'student' | 'teacher' = 'student'): Promise<User> {
  const user = sampleUser(`id-${name}`, { name, displayName: name, roles: { c1: role } });
  await store.users.insert(user);
  return user;
}

async function groupOf(name: string, ...members: User[]): Promise<string> {
  const { id } = await groups.create('c1', { name, size: 3 });
  for (const member of members) await groups.add('c1', id, member);
  return id;
}

const hand = (actor: User, given: Task = task) =>
  handIn(submitDeps(store, { tasks: [given] }), actor, given.id);

/** Hands in and is graded at once. */
async function graded(actor: User, grade: number, given: Task = task) {
  const result = await hand(actor, given);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  const outcome = outcomeWith({ grade, verdict: grade === 100 ? 'success' : 'failed' });
  const run = await store.runs.update(
    { id: result.run },
    { $set: { state: 'done', outcome }, $unset: { openKey: true } },
  );
  const submission = await store.submissions.get(result.submission);
  if (!run || !submission) throw new Error('not stored');
  return { run, submission };
}

const gradeOf = async (user: User, given: Task = task) =>
  (
    await progressOf(
      store,
      { owners: await ownersById(store, user.id), staff: false },
      { id: 'c1', tasks: [given] },
    )
  ).get(given.id)?.grade ?? null;

describe('a task of groups', () => {
  test('takes nothing of a student without a group, and says why; staff hand in alone', async () => {
    await expect(hand(await person('ada'))).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringMatching(/handed in by groups, and you are in none/),
    });
    const { submission } = await graded(await person('tess', 'teacher'), 100);
    expect(submission).toMatchObject({ userId: 'id-tess' });
    expect(submission.team).toBeUndefined();
  });

  test('belongs to all who are in the group when it is handed in, and to no other student', async () => {
    const [bob, ada, eve] = [await person('bob'), await person('ada'), await person('eve')];
    const group = await groupOf('One', bob, ada);
    const { run, submission } = await graded(bob, 80);
    expect(submission.team).toEqual({
      group,
      name: 'One',
      by: bob.id,
      members: expect.arrayContaining([ada.id, bob.id]),
    });
    for (const it of [run, submission]) {
      expect([bob, ada, eve].map((user) => can(user, 'see-run', it))).toEqual([true, true, false]);
      expect([bob, ada, eve].map((user) => can(user, 'kill-run', it))).toEqual([true, true, false]);
      expect([bob, ada, eve].map((user) => can(user, 'type-in-run', it))).toEqual([true, false, false]);
    }
    expect([await gradeOf(bob), await gradeOf(ada), await gradeOf(eve)]).toEqual([80, 80, null]);
    await groups.add('c1', group, eve);
    expect(can(eve, 'see-run', run)).toBe(false);
    expect(await gradeOf(eve)).toBeNull();
  });

  test('belongs to all of them also in a store whose users do not say their teams yet', async () => {
    const [bob, ada] = [await person('bob'), await person('ada')];
    await groupOf('One', bob, ada);
    await graded(bob, 80);
    await store.users.updateMany({}, { $unset: { teams: true } });
    expect([await gradeOf(bob), await gradeOf(ada)]).toEqual([null, null]);
    await tellUsersTheirTeams(store);
    expect([await gradeOf(bob), await gradeOf(ada)]).toEqual([80, 80]);
  });

  test('gives its grader the names and addresses of all, sorted, with commas', async () => {
    const [bob, ada] = [await person('bob'), await person('ada')];
    for (const { id, name } of [bob, ada])
      await store.users.update({ id }, { $set: { email: `${name}@example.org` } });
    await groupOf('One', bob, ada, await person('cy'));
    const { submission } = await graded(bob, 80);
    const { input } = await inputOf(submission, await peopleOf(store, submission), '', store.blobs);
    expect(input).toMatchObject({ '@username': 'ada,bob,cy', '@email': 'ada@example.org,bob@example.org' });
  });

  test('waits for the verdict of the group, whichever member asked', async () => {
    const [bob, ada] = [await person('bob'), await person('ada')];
    await groupOf('One', bob, ada);
    await hand(bob);
    await expect(hand(ada)).rejects.toMatchObject({ code: 'busy' });
    await expect(Promise.all([hand(ada), hand(bob)])).rejects.toMatchObject({ code: 'busy' });
  });

  test('of a group whose members hand in at the same moment takes one', async () => {
    const [bob, ada] = [await person('bob'), await person('ada')];
    await groupOf('One', bob, ada);
    const both = await Promise.allSettled([hand(ada), hand(bob)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both).toContainEqual(
      expect.objectContaining({ reason: expect.objectContaining({ code: 'busy' }) }),
    );
    expect([await store.submissions.count({}), await store.runs.count({})]).toEqual([1, 1]);
  });

  test('counts the submissions of the group, for its limit and its attempts, also after somebody joined', async () => {
    const limited = { ...task, submissionLimit: { amount: 2, hours: null } };
    const [bob, ada, eve] = [await person('bob'), await person('ada'), await person('eve')];
    const group = await groupOf('One', bob, ada);
    expect((await graded(bob, 10, limited)).submission.attempt).toBe(0);
    await groups.add('c1', group, eve);
    const { submission } = await graded(eve, 20, limited);
    expect(submission.attempt).toBe(1);
    await expect(hand(ada, limited)).rejects.toMatchObject({ code: 'denied' });
  });

  test('draws the same random numbers for all of a group, and for those who come later', async () => {
    const [bob, ada, eve] = [await person('bob'), await person('ada'), await person('eve')];
    const group = await groupOf('One', bob, ada);
    const seeds = async (...users: User[]) =>
      Promise.all(users.map(async (user) => (await partyOf(store, user, task))?.seed));
    const before = await seeds(bob, ada);
    await groups.add('c1', group, eve);
    expect(new Set([...before, ...(await seeds(bob, ada, eve))]).size).toBe(1);
  });

  test('leaves what was graded with those who change groups, and begins anew with the other', async () => {
    const [bob, ada, eve] = [await person('bob'), await person('ada'), await person('eve')];
    const one = await groupOf('One', bob, ada);
    const two = await groupOf('Two', eve);
    const { run } = await graded(bob, 90);
    await graded(eve, 40);
    await groups.take('c1', one, bob.id);
    await groups.add('c1', two, bob);
    expect(can(bob, 'see-run', run)).toBe(true);
    expect([await gradeOf(bob), await gradeOf(ada), await gradeOf(eve)]).toEqual([90, 90, 40]);
    expect((await graded(bob, 50)).submission.attempt).toBe(1);
    expect(await gradeOf(eve)).toBe(50);
    await groups.dissolve('c1', two);
    expect(await gradeOf(eve)).toBe(50);
    const last = { ...task, evaluate: 'last' as const };
    expect([await gradeOf(bob, last), await gradeOf(ada, last)]).toEqual([50, 90]);
  });

  test('is not shared with students who have left the course since', async () => {
    const [bob, ada] = [await person('bob'), await person('ada')];
    await groupOf('One', bob, ada);
    await store.users.update({ id: ada.id }, { $set: { roles: {} } });
    expect((await graded(bob, 90)).submission.team?.members).toEqual([bob.id]);
  });
});
