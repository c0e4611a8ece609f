/** What operators do with accounts. */
import { z } from 'zod';
import { ROLES, type User, userSchema } from '../model/collections.ts';
import { verb } from '../model/verb.ts';
import { type Actor, can } from '../rules/access.ts';
import { refuse } from '../rules/problems.ts';
import { newUserSchema, type Users, userFault } from './users.ts';

export type UserDeps = { users: Users };

const accountSchema = userSchema.omit({ passwordHash: true });
const name = z.string();

function may(who: Actor): void {
  if (!can(who, 'operate', null)) refuse('users-are-for-operators', {});
}

async function named({ users }: UserDeps, user: string): Promise<User> {
  return (await users.findByName(user)) ?? refuse('no-user', { user });
}

export const addUser = verb({
  input: newUserSchema,
  malformed: userFault,
  output: accountSchema,
  refuses: ['user-name-taken'],
  may,
  run: ({ users }: UserDeps, _who: Actor, wanted) => users.addUser(wanted),
});

export const listUsers = verb({
  input: z.strictObject({}),
  output: z.array(accountSchema),
  refuses: [],
  may,
  run: ({ users }: UserDeps, _who: Actor) => users.list(),
});

export const changeRole = verb({
  /** role null: removes the user from these courses. operator absent: unchanged. */
  input: z.strictObject({
    name,
    courses: z.array(z.string()),
    role: z.enum(ROLES).nullable(),
    operator: z.boolean().optional(),
  }),
  output: accountSchema,
  refuses: ['no-user'],
  may,
  async run(deps: UserDeps, _who: Actor, { name: given, courses, role, operator }) {
    const { users } = deps;
    let user = await named(deps, given);
    if (operator !== undefined) user = await users.setOperator(user.id, operator);
    for (const course of courses) user = await users.setRole(user.id, course, role);
    return user;
  },
});

export const showUser = verb({
  input: z.strictObject({ name }),
  output: accountSchema,
  refuses: ['no-user'],
  may,
  run: (deps: UserDeps, _who: Actor, { name: given }) => named(deps, given),
});

export const changeEmail = verb({
  /** null: no address. `setEmail` checks its form. */
  input: z.strictObject({ name, email: z.string().nullable() }),
  output: accountSchema,
  refuses: ['no-user'],
  may,
  run: async (deps: UserDeps, _who: Actor, { name: given, email }) =>
    deps.users.setEmail((await named(deps, given)).id, email),
});

export const changePassword = verb({
  /** `setPassword` checks its length. */
  input: z.strictObject({ name, password: z.string() }),
  output: z.void(),
  refuses: ['no-user'],
  may,
  run: async (deps: UserDeps, _who: Actor, { name: given, password }) =>
    deps.users.setPassword((await named(deps, given)).id, password),
});

export const resetSecondFactor = verb({
  input: z.strictObject({ name }),
  output: accountSchema,
  refuses: ['no-user'],
  may,
  run: async (deps: UserDeps, _who: Actor, { name: given }) =>
    deps.users.resetSecondFactor((await named(deps, given)).id),
});

export const removeUser = verb({
  input: z.strictObject({ name }),
  output: z.boolean(),
  refuses: ['no-user'],
  may,
  run: async (deps: UserDeps, _who: Actor, { name: given }) =>
    deps.users.remove((await named(deps, given)).id),
});
