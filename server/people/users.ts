/** The users of this installation: their names, passwords, and roles in each course. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ROLES, type Role, type User } from '../model/collections.ts';
import { parseInput } from '../model/parse-input.ts';
import type { Change, Store } from '../ports/store.ts';
import { GradeportError } from '../rules/errors.ts';
import { refuse } from '../rules/problems.ts';
import { createMutex } from '../rules/turns.ts';
import { withRole } from './course-roles.ts';
import { hashPassword, MAX_PASSWORD_LENGTH } from './sign-in/passwords.ts';

const nameSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'a name has 1 to 64 letters a-z, digits, ".", "_" or "-", and begins with a letter or a digit',
  );
const passwordSchema = z
  .string()
  .min(8, 'a password has at least 8 characters')
  .max(MAX_PASSWORD_LENGTH, `a password has at most ${MAX_PASSWORD_LENGTH} characters`);

export const emailSchema = z
  .email('write an address such as ada@example.org')
  .max(254, 'an address has at most 254 characters');

export const newUserSchema = z.strictObject({
  name: nameSchema,
  displayName: z.string().trim().max(200).default(''),
  email: emailSchema.optional(),
  password: passwordSchema,
  operator: z.boolean().default(false),
  roles: z.record(z.string().min(1).max(200), z.enum(ROLES)).default({}),
});
export type NewUser = z.input<typeof newUserSchema>;
export type Users = ReturnType<typeof createUsers>;

type UserStore = Pick<Store, 'users' | 'sessions' | 'ltiLaunches' | 'secondFactors'>;

export function createUsers(store: UserStore, clock: () => number) {
  const { users, sessions } = store;
  const inTurn = createMutex();

  /** Fails with "usage" for a bad field, with "conflict" when the name is taken. */
  async function addUser(wanted: NewUser): Promise<User> {
    const { password, ...rest } = parseInput(newUserSchema, wanted, userFault);
    const passwordHash = await hashPassword(password);
    const user = userFrom(rest, passwordHash, clock());
    await users.insert(user).catch((error: unknown) => notAdded(user, error));
    return user;
  }

  /** Also signs the user out everywhere, including other people who knew the old password. */
  async function setPassword(userId: string, password: string): Promise<void> {
    const passwordHash = await hashPassword(parseInput(passwordSchema, password, userFault));
    found(await users.update({ id: userId }, { $set: { passwordHash } }), userId);
    await sessions.remove({ userId });
  }

  async function replaceRole(
    userId: string,
    course: string,
    role: Role | null,
    leftAt: string | null,
  ): Promise<User> {
    const user = found(await users.get(userId), userId);
    const change = withRole(user, course, role, leftAt);
    return found(await users.update({ id: userId }, { $set: change }), userId);
  }

  /**
   * null removes the user from the course. A course's id may contain dots, which a path cannot express: the roles are
   * replaced as a whole, therefore one change after the other.
   */
  function setRole(userId: string, course: string, role: Role | null): Promise<User> {
    return inTurn(() => replaceRole(userId, course, role, null));
  }

  /** For users who leave on their own: they may come back. */
  function leaveCourse(userId: string, course: string): Promise<User> {
    return inTurn(() => replaceRole(userId, course, null, new Date(clock()).toISOString()));
  }

  /** null: no address. */
  async function setEmail(userId: string, email: string | null): Promise<User> {
    return found(await users.update({ id: userId }, emailChange(email)), userId);
  }

  async function setOperator(userId: string, operator: boolean): Promise<User> {
    return found(await users.update({ id: userId }, { $set: { operator } }), userId);
  }

  /** Accepts any text: one that cannot be a name finds no user. */
  async function findByName(name: string): Promise<User | null> {
    const parsed = nameSchema.safeParse(name);
    return parsed.success ? users.findOne({ name: parsed.data }) : null;
  }

  const list = (): Promise<User[]> => users.find({}, { sort: { name: 1 } });

  return {
    addUser,
    setPassword,
    setRole,
    leaveCourse,
    setOperator,
    setEmail,
    resetSecondFactor: (userId: string) => resetSecondFactor(store, userId),
    findByName,
    list,
    remove: (userId: string) => remove(store, userId),
  };
}

/** For an owner who lost the app and the recovery codes. Also signs the user out everywhere. */
async function resetSecondFactor(
  { users, sessions, secondFactors }: UserStore,
  userId: string,
): Promise<User> {
  const user = found(await users.update({ id: userId }, { $unset: { secondFactor: true } }), userId);
  await secondFactors.remove({ id: userId });
  await sessions.remove({ userId });
  return user;
}

/** Submissions and runs stay: they belong to the course. */
async function remove(
  { users, sessions, secondFactors, ltiLaunches }: UserStore,
  userId: string,
): Promise<boolean> {
  const removed = (await users.remove({ id: userId })) > 0;
  await sessions.remove({ userId });
  await secondFactors.remove({ id: userId });
  await ltiLaunches.remove({ userId });
  return removed;
}

function userFrom(
  { email, ...input }: Omit<z.output<typeof newUserSchema>, 'password'>,
  passwordHash: string,
  now: number,
): User {
  return {
    ...input,
    ...(email !== undefined && { email }),
    id: randomUUID(),
    displayName: input.displayName || input.name,
    passwordHash,
    createdAt: new Date(now).toISOString(),
  };
}

/** The store reports a name that is taken as a conflict. */
function notAdded({ name }: User, error: unknown): never {
  if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
  return refuse('user-name-taken', { user: name });
}

const emailChange = (email: string | null): Change =>
  email === null
    ? { $unset: { email: true } }
    : { $set: { email: parseInput(emailSchema, email, userFault) } };

function found(user: User | null, userId: string): User {
  if (user) return user;
  throw new GradeportError('not-found', `There is no user with the id "${userId}".`);
}

export const userFault = ({ issues }: z.ZodError): string => {
  const said = issues.map(({ path, message }) => [...path.slice(0, 1), message].join(': '));
  return `This user cannot be saved: ${said.join('; ')}.`;
};
