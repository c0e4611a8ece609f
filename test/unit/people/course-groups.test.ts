/** The page of groups reads the students of its course, and not everybody who has an account. */
import { expect, test } from 'vitest';
import { granted } from '../../../server/model/verb.ts';
import { showGroups } from '../../../server/people/group-verbs.ts';
import { createGroups } from '../../../server/people/groups.ts';
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
