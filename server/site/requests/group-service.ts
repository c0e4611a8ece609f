/** What pages and the API both do with the groups of a course: who may is decided here. */

import type { Course } from '../../courses/task.ts';
import type { Group, User } from '../../model/collections.ts';
import { createGroups, groupChangeSchema, newGroupSchema } from '../../people/groups.ts';
import { can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { AppDeps } from '../deps.ts';
import { isStaff, type Lookup } from './find-visible.ts';
import { parseBody } from './parse-body.ts';

export type GroupService = ReturnType<typeof createGroupService>;
type Person = Pick<User, 'id' | 'name' | 'displayName'>;
/** people: null where the reader is not to know them. */
export type ShownGroup = Pick<Group, 'id' | 'name' | 'size'> & {
  taken: number;
  people: Person[] | null;
  own: boolean;
};
export type CourseGroups = {
  course: Course;
  staff: boolean;
  /** The reader may go in and out. */
  mayChoose: boolean;
  groups: ShownGroup[];
  /** Students in no group; for staff only. */
  without: Person[];
};

export function createGroupService({ store, clock }: AppDeps, lookup: Lookup) {
  const groups = createGroups(store, clock);

  /** Students: with their roles in the course, by name. */
  async function students(course: string): Promise<User[]> {
    const all = await store.users.find({}, { sort: { name: 1 } });
    return all.filter(({ roles }) => Object.hasOwn(roles, course) && roles[course] === 'student');
  }

  async function show(user: User, courseId: string): Promise<CourseGroups> {
    const course = await lookup.courseOf(user, courseId);
    const staff = isStaff(user, courseId);
    const mayChoose = can(user, 'choose-group', { course: courseId, byStudents: course.groupsByStudents });
    const everybody = await students(courseId);
    const all = await groups.list(courseId);
    const shown = all.map(({ id, name, size, members }) => {
      const people = everybody.filter((one) => members.includes(one.id));
      const own = members.includes(user.id);
      return { id, name, size, taken: people.length, own, people: staff || own || mayChoose ? people : null };
    });
    const taken = new Set(all.flatMap(({ members }) => members));
    return {
      course,
      staff,
      mayChoose,
      groups: shown,
      without: staff ? everybody.filter(({ id }) => !taken.has(id)) : [],
    };
  }

  async function managed(user: User, courseId: string): Promise<string> {
    await lookup.courseOf(user, courseId);
    if (can(user, 'manage-groups', { course: courseId })) return courseId;
    throw new GradeportError('denied', 'Only staff of the course may change its groups.');
  }

  /** Staff anybody; a student only themselves, where the course lets them. */
  async function whoMoves(user: User, courseId: string, name: string): Promise<User> {
    const course = await lookup.courseOf(user, courseId);
    if (can(user, 'manage-groups', { course: courseId })) {
      const found = await store.users.findOne({ name });
      return found ?? Promise.reject(new GradeportError('not-found', `There is no user "${name}".`));
    }
    const byStudents = course.groupsByStudents && name === user.name;
    if (can(user, 'choose-group', { course: courseId, byStudents })) return user;
    throw new GradeportError('denied', 'Your teacher decides who is in which group.');
  }

  return {
    show,
    async create(user: User, course: string, body: unknown): Promise<Group> {
      return groups.create(await managed(user, course), parseBody(newGroupSchema, body));
    },
    async change(user: User, course: string, group: string, body: unknown): Promise<Group> {
      return groups.change(await managed(user, course), group, parseBody(groupChangeSchema, body));
    },
    async dissolve(user: User, course: string, group: string): Promise<void> {
      await groups.dissolve(await managed(user, course), group);
    },
    /** @param name whom to put in */
    async enter(user: User, course: string, group: string, name: string): Promise<Group> {
      return groups.add(course, group, await whoMoves(user, course, name));
    },
    /** @param name whom to take out */
    async leave(user: User, course: string, group: string, name: string): Promise<Group> {
      return groups.take(course, group, (await whoMoves(user, course, name)).id);
    },
    /** Of somebody who leaves the course. */
    forget: groups.forget,
  };
}
