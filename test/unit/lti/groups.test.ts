/** Groups of students who came from a learning platform: what graders see of them, and whose grade it is. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Course } from '../../../server/courses/task.ts';
import { createLaunch } from '../../../server/lti/launch.ts';
import type { User } from '../../../server/model/collections.ts';
import { createGroups } from '../../../server/people/groups.ts';
import { peopleOf } from '../../../server/people/teams.ts';
import { createUsers } from '../../../server/people/users.ts';
import type { Store } from '../../../server/ports/store.ts';
import { GradeportError } from '../../../server/rules/errors.ts';
import { inputOf } from '../../../server/worker/grader-input.ts';
import { catalogueOf, demoCourse, taskNamed } from '../../support/http/course.ts';
import { signedLaunch } from '../../support/lti/gradebook.ts';
import { idleQueue } from '../../support/stand-ins.ts';
import { openTestStore } from '../../support/store/test-store.ts';
import { handIn, submitDeps } from '../../support/submissions/submit-deps.ts';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const ORIGIN = 'https://grade.example';
const course: Course = {
  ...demoCourse(),
  tasks: ['together', 'other'].map((id) => taskNamed(id, { environment: null, groups: true })),
  lti: { url: null, sendBackGrade: true, secretOf: () => 's3cret words' },
};
let folder: string;
let store: Store;
let isFull: boolean;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradeport-lti-groups-'));
  store = await openTestStore(folder);
  isFull = false;
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** @param sourcedId what the platform calls the place of their grade; null: it takes none */
async function arrives(userId: string, task = 'together', sourcedId: string | null = `grade-${userId}`) {
  const users = createUsers(store, () => NOW);
  const launch = createLaunch({
    store,
    courses: catalogueOf([course]),
    setRole: users.setRole,
    clock: () => NOW,
    onArrival: () => {},
  });
  const path = `/lti/c1/${task}`;
  const body = signedLaunch({
    url: ORIGIN + path,
    atMs: NOW,
    change: {
      user_id: userId,
      lis_person_contact_email_primary: `${userId}@uni.example`,
      lis_outcome_service_url: sourcedId === null ? undefined : 'https://lms.uni.example/o',
      lis_result_sourcedid: sourcedId ?? undefined,
    },
  });
  return launch({ course: 'c1', task, origin: ORIGIN, path, query: '', body });
}

async function grouped(...members: User[]): Promise<void> {
  const groups = createGroups(store, () => NOW);
  const { id } = await groups.create('c1', { name: 'Red', size: 9 });
  for (const member of members) await groups.add('c1', id, member);
}

function hand(actor: User) {
  const queue = idleQueue(async () => {
    if (isFull) throw new GradeportError('busy', 'The queue is full.');
  });
  return handIn({ ...submitDeps(store, course), queue }, actor, 'together');
}

test('the grade is owed to each member whom the platform sent to the task, whichever of them handed in', async () => {
  const [zoe, yan] = [await arrives('zoe'), await arrives('yan')];
  const elsewhere = await arrives('elsewhere', 'other');
  const unasked = await arrives('unasked', 'together', null);
  await arrives('stranger');
  const local = await createUsers(store, () => NOW).addUser({
    name: 'local',
    password: 'correct horse',
    roles: { c1: 'student' },
  });
  await grouped(zoe, yan, elsewhere, unasked, local);
  const handedIn = await hand(local);
  if (!handedIn.ok) throw new Error('not taken');
  const owed = await store.gradeReturns.find({}, { sort: { 'place.sourcedId': 1 } });
  expect(owed).toMatchObject(
    [yan, zoe].map(({ id: userId }) => ({
      submission: handedIn.submission,
      course: 'c1',
      task: 'together',
      userId,
      state: 'ungraded',
      place: { sourcedId: userId === zoe.id ? 'grade-zoe' : 'grade-yan' },
    })),
  );
});

test('graders see what the platform said of who handed in, and the addresses of all', async () => {
  const [zoe, yan] = [await arrives('zoe'), await arrives('yan')];
  await grouped(zoe, yan);
  const handedIn = await hand(yan);
  const submission = handedIn.ok ? await store.submissions.get(handedIn.submission) : null;
  if (!submission) throw new Error('not taken');
  const { input } = await inputOf(submission, await peopleOf(store, submission), '', store.blobs);
  expect(input).toMatchObject({
    '@username': [yan.name, zoe.name].toSorted().join(','),
    '@email': 'yan@uni.example,zoe@uni.example',
    '@lti_username': 'yan',
    '@lti_email': 'yan@uni.example',
    '@lti_task': ['c1', 'together'],
  });
  expect(JSON.stringify(input)).not.toContain('grade-');
});

test('of a submission that the queue has no room for nothing is owed', async () => {
  const [zoe, yan] = [await arrives('zoe'), await arrives('yan')];
  await grouped(zoe, yan);
  isFull = true;
  await expect(hand(zoe)).rejects.toMatchObject({ code: 'busy' });
  expect(await store.gradeReturns.count({})).toBe(0);
});
