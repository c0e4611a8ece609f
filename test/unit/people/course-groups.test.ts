/** The page of groups reads the students of its course, and not everybody who has an account. */
import { expect, test } from 'vitest';
import { granted } from '../../../server/model/verb.ts';
import { showGroups } from '../../../server/people/group-verbs.ts';
import { createGroups } from '../../../server/people/groups.ts';
import { effortOfAsync } from '../../support/effort.ts';
import { catalogueOf, demoCourse } from '../../support/http/course.ts';
import { sampleUser } from '../../support/store/samples.ts';
import { tempTestStore } from '../../support/store/test-store.ts';

test.each(['c1', 'c.1'])('students of course %s are there, others are not', async (id) => {
  const store = await tempTestStore();
  const roles = [
    { [id]: 'student' as const },
    { [id]: 'teacher' as const },
    { other: 'student' as const },
    {},
  ];
  for (const [at, role] of roles.entries())
    await store.users.insert(sampleUser(`u${at}`, { name: `u${at}`, roles: role }));
  let read = 0;
  const users = {
    ...store.users,
    find: async (...asked: Parameters<typeof store.users.find>) => {
      const found = await store.users.find(...asked);
      read += found.length;
      return found;
    },
  };
  const courses = { ...catalogueOf([demoCourse()]), get: async () => ({ ...demoCourse(), id }) };
  const deps = { store: { users }, courses, groups: createGroups({ ...store, users }, Date.now) };
  const teacher = (await store.users.get('u1')) ?? sampleUser('u1');
  const { without } = await granted(showGroups(deps, teacher, { course: id }));
  expect(without.map(({ name }) => name)).toEqual(['u0']);
  if (id === 'c1') expect(read).toBe(1);
});

const STUDENTS = 20_000;
/** Groups of four, of whom one left the course. */
const members = (group: number) =>
  Array.from({ length: 4 }, (_, at) => `u${STUDENTS - 1 - ((4 * group + at) % (STUDENTS + 100))}`);

test('very many groups and students are put together without looking through all of one for each of the other', async () => {
  const everybody = Array.from({ length: STUDENTS }, (_, at) =>
    sampleUser(`u${at}`, { name: `n${String(at).padStart(6, '0')}`, roles: { c1: 'student' } }),
  );
  const groups = Array.from({ length: 5000 }, (_, at) => ({
    id: `g${at}`,
    course: 'c1',
    name: `Group ${at}`,
    size: 4,
    createdAt: '2026-11-20T10:00:00.000Z',
    members: members(at),
  }));
  const store = await tempTestStore();
  const deps = {
    store: { users: { ...store.users, find: async () => everybody } },
    courses: catalogueOf([demoCourse()]),
    groups: { ...createGroups(store, Date.now), list: async () => groups },
  };
  const teacher = sampleUser('t', { roles: { c1: 'teacher' } });
  let shown: Awaited<ReturnType<typeof look>> | null = null;
  const look = () => granted(showGroups(deps, teacher, { course: 'c1' }));
  const effort = await effortOfAsync(async () => {
    shown = await look();
  });
  const { groups: all } = shown ?? (await look());
  expect(all[0]?.people?.map(({ name }) => name)).toEqual(['n019996', 'n019997', 'n019998', 'n019999']);
  expect(all.map(({ taken }) => taken).every((taken) => taken <= 4)).toBe(true);
  expect(effort).toBeLessThan(4);
});
