/** Actions on the groups of a course, and who may perform them. */
import { z } from 'zod';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { isStaff, visibleCourse } from '../courses/students/visible.ts';
import type { User } from '../model/collections.ts';
import { groupSchema } from '../model/membership.ts';
import { verb } from '../model/verb.ts';
import type { Filter, Store } from '../ports/store.ts';
import { can } from '../rules/access.ts';
import { refuse } from '../rules/problems.ts';
import { type Groups, groupChangeSchema, newGroupSchema } from './groups.ts';

export type GroupDeps = {
  store: Pick<Store, 'users'>;
  courses: Pick<CourseCatalogue, 'get'>;
  groups: Groups;
};

const course = z.string();
const ofGroup = { course, group: z.string() };
/** name: the sign-in name of the user to put in or take out. */
const ofMember = { ...ofGroup, name: z.string().max(200) };
const personSchema = z.object({ id: z.string(), name: z.string(), displayName: z.string() });
/** people: null if the reader may not see them. */
const shownGroupSchema = groupSchema.pick({ id: true, name: true, size: true }).extend({
  taken: z.int(),
  people: z.array(personSchema).nullable(),
  own: z.boolean(),
});
export type ShownGroup = z.infer<typeof shownGroupSchema>;

const courseGroupsSchema = z.object({
  course: z.object({ id: z.string(), name: z.string() }),
  /** Some of its tasks are handed in by groups. */
  handsIn: z.boolean(),
  staff: z.boolean(),
  /** The reader may enter and leave groups. */
  mayChoose: z.boolean(),
  groups: z.array(shownGroupSchema),
  /** Students without a group; for staff only. */
  without: z.array(personSchema),
});
export type CourseGroups = z.infer<typeof courseGroupsSchema>;

/** The students, with their roles in the course, by name. Accounts of others are not read, however many there are. */
async function studentsOf({ users }: Pick<Store, 'users'>, id: string): Promise<User[]> {
  // A path cannot name a course whose id has a dot.
  const filter: Filter = id.includes('.') ? {} : { [`roles.${id}`]: 'student' };
  const all = await users.find(filter, { sort: { name: 1 } });
  return all.filter(({ roles }) => Object.hasOwn(roles, id) && roles[id] === 'student');
}

export const showGroups = verb({
  input: z.strictObject({ course }),
  output: courseGroupsSchema,
  refuses: [],
  async run(deps: GroupDeps, who: User, { course: id }) {
    const found = await visibleCourse(deps, who, id);
    const staff = isStaff(who, id);
    const mayChoose = can(who, 'choose-group', { course: id, byStudents: found.groupsByStudents });
    const everybody = await studentsOf(deps.store, id);
    const all = await deps.groups.list(id);
    const taken = new Set(all.flatMap(({ members }) => members));
    const places = new Map(everybody.map(({ id: one }, at) => [one, at]));
    return {
      course: found,
      handsIn: found.tasks.some(({ groups }) => groups),
      staff,
      mayChoose,
      groups: all.map((group) => {
        // In the order of their names, without looking through everybody once for each group.
        const at = group.members.flatMap((one) => places.get(one) ?? []);
        const people = at.toSorted((one, other) => one - other).flatMap((place) => everybody[place] ?? []);
        const own = group.members.includes(who.id);
        return { ...group, taken: people.length, own, people: staff || own || mayChoose ? people : null };
      }),
      without: staff ? everybody.filter((one) => !taken.has(one.id)) : [],
    };
  },
});

async function requireManager(deps: GroupDeps, who: User, id: string): Promise<void> {
  await visibleCourse(deps, who, id);
  if (!can(who, 'manage-groups', { course: id })) refuse('groups-are-for-staff', {});
}

export const createGroup = verb({
  input: newGroupSchema.extend({ course }),
  output: groupSchema,
  refuses: ['group-name-taken', 'groups-enough'],
  async run(deps: GroupDeps, who: User, { course: id, ...wanted }) {
    await requireManager(deps, who, id);
    return deps.groups.create(id, wanted);
  },
});

export const changeGroup = verb({
  input: groupChangeSchema.extend(ofGroup),
  output: groupSchema,
  refuses: ['group-name-taken', 'group-holds-more'],
  async run(deps: GroupDeps, who: User, { course: id, group, ...change }) {
    await requireManager(deps, who, id);
    return deps.groups.change(id, group, change);
  },
});

export const dissolveGroup = verb({
  input: z.strictObject(ofGroup),
  output: z.void(),
  refuses: [],
  async run(deps: GroupDeps, who: User, { course: id, group }) {
    await requireManager(deps, who, id);
    return deps.groups.dissolve(id, group);
  },
});

/**
 * Of the course, or still in the group. Another account, and a name without one, get the same answer: staff of a course do
 * not learn which sign-in names there are.
 */
async function memberNamed({ store, groups }: GroupDeps, course: string, group: string, name: string) {
  const { members } = await groups.get(course, group);
  const user = await store.users.findOne({ name });
  const isHere = user && (Object.hasOwn(user.roles, course) || members.includes(user.id));
  return isHere ? user : refuse('no-student-of-course', { user: name });
}

/** Staff may change any student; a student only themselves, where the course allows it. */
async function whoMoves(
  deps: GroupDeps,
  who: User,
  { course: id, group, name }: { course: string; group: string; name: string },
): Promise<User> {
  const { groupsByStudents } = await visibleCourse(deps, who, id);
  if (can(who, 'manage-groups', { course: id })) {
    return memberNamed(deps, id, group, name);
  }
  const byStudents = groupsByStudents && name === who.name;
  return can(who, 'choose-group', { course: id, byStudents }) ? who : refuse('groups-by-teacher', {});
}

export const enterGroup = verb({
  input: z.strictObject(ofMember),
  output: groupSchema,
  refuses: ['group-full', 'in-another-group', 'no-student-of-course'],
  run: async (deps: GroupDeps, who: User, member) =>
    deps.groups.add(member.course, member.group, await whoMoves(deps, who, member)),
});

export const leaveGroup = verb({
  input: z.strictObject(ofMember),
  output: groupSchema,
  refuses: ['no-student-of-course'],
  run: async (deps: GroupDeps, who: User, member) =>
    deps.groups.take(member.course, member.group, (await whoMoves(deps, who, member)).id),
});
