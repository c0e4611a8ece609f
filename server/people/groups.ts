/** The groups of a course, whose members hand in together. Each student is in at most one. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Group, User } from '../model/collections.ts';
import type { Change, Store } from '../ports/store.ts';
import { refuse } from '../rules/problems.ts';
import { createMutex } from '../rules/turns.ts';
import {
  checkMayJoin,
  checkName,
  checkOneMore,
  checkSize,
  inOrder,
  membersWith,
  membersWithout,
} from './group-policy.ts';

const MAX_GROUP_SIZE = 100;

const nameSchema = z
  .string()
  .trim()
  .min(1, 'give the group a name')
  .max(80, 'a name has at most 80 characters');
const sizeSchema = z.coerce
  .number()
  .int('the number of members is a whole number')
  .min(1, 'a group has at least 1 member')
  .max(MAX_GROUP_SIZE, `a group has at most ${MAX_GROUP_SIZE} members`);
export const newGroupSchema = z.strictObject({ name: nameSchema, size: sizeSchema });
export const groupChangeSchema = newGroupSchema.partial();
export type Groups = ReturnType<typeof createGroups>;

export function createGroups({ groups, users }: Pick<Store, 'groups' | 'users'>, clock: () => number) {
  /** A student is in one group only, and a group has a limit: therefore changes run one after the other. */
  const inTurn = createMutex();

  const ofCourse = (course: string): Promise<Group[]> => groups.find({ course });
  const list = async (course: string): Promise<Group[]> => inOrder(await ofCourse(course));

  /** Fails with "not-found", also for a group of another course. */
  async function get(course: string, id: string): Promise<Group> {
    const group = await groups.findOne({ id, course });
    return group ?? refuse('group-missing', {});
  }

  async function set({ id }: Group, values: Change['$set']): Promise<Group> {
    return (await groups.update({ id }, { $set: values ?? {} })) ?? refuse('group-gone', {});
  }

  async function create(course: string, { name, size }: z.infer<typeof newGroupSchema>): Promise<Group> {
    checkName(name, await ofCourse(course));
    checkOneMore(await groups.count({ course }));
    const createdAt = new Date(clock()).toISOString();
    const group: Group = { id: randomUUID(), course, name, size, members: [], createdAt };
    await groups.insert(group);
    return group;
  }

  async function change(
    course: string,
    id: string,
    { name, size }: z.infer<typeof groupChangeSchema>,
  ): Promise<Group> {
    const group = await get(course, id);
    if (name !== undefined) {
      const others = (await ofCourse(course)).filter((one) => one.id !== id);
      checkName(name, others);
    }
    if (size !== undefined) checkSize(size, group);
    return set(group, { ...(name !== undefined && { name }), ...(size !== undefined && { size }) });
  }

  async function add(course: string, id: string, user: User): Promise<Group> {
    const group = await get(course, id);
    if (group.members.includes(user.id)) return group;
    checkMayJoin(user, course, await ofCourse(course));
    return set(group, { members: membersWith(user.id, group, await presentOf(users, group)) });
  }

  async function take(course: string, id: string, userId: string): Promise<Group> {
    const group = await get(course, id);
    return set(group, { members: membersWithout(userId, group) });
  }

  return {
    list,
    get,
    create: (...given: Parameters<typeof create>) => inTurn(() => create(...given)),
    change: (...given: Parameters<typeof change>) => inTurn(() => change(...given)),
    /** Fails with "conflict": the group is full, or the user is not a student of the course, or is in another group. */
    add: (...given: Parameters<typeof add>) => inTurn(() => add(...given)),
    take: (...given: Parameters<typeof take>) => inTurn(() => take(...given)),
    /** The members keep what the group handed in. */
    dissolve: (course: string, id: string): Promise<void> =>
      inTurn(async () => {
        await get(course, id);
        await groups.remove({ id, course });
      }),
    /** Called when a user leaves the course. */
    forget: (course: string, userId: string): Promise<void> =>
      inTurn(async () => {
        for (const group of await ofCourse(course))
          if (group.members.includes(userId)) await set(group, { members: membersWithout(userId, group) });
      }),
  };
}

async function presentOf(users: Store['users'], { members }: Group): Promise<string[]> {
  const found = new Set((await users.find({ id: { $in: members } })).map(({ id }) => id));
  return members.filter((id) => found.has(id));
}
