/** The account of a user whom a learning platform sends. It is made at their first launch, and has no password. */
import { createHash, randomUUID } from 'node:crypto';
import type { User } from '../model/collections.ts';
import { hasLeft } from '../people/course-roles.ts';
import { hashPassword } from '../people/sign-in/passwords.ts';
import { emailSchema, type Users } from '../people/users.ts';
import type { Store } from '../ports/store.ts';
import { GradeportError } from '../rules/errors.ts';
import { plainLine } from '../text/hostile.ts';

export type Person = {
  course: string;
  /** The key of their launch: another key is another platform. */
  key: string;
  /** Which of several platforms behind one key; '' if the platform does not say. */
  consumer: string;
  /** The platform's own id of the user. */
  userId: string;
  name: string;
  /** '' if the platform gives none. */
  email: string;
};

/** How much of the platform's name for the user is part of our name, for people who read lists. */
const HINT_CHARACTERS = 24;
/** Length of the hash that makes the name unique: 64 bits. */
const MARK_CHARACTERS = 16;
const MAX_NAME_CHARACTERS = 200;

const hashOf = ({ course, key, consumer, userId }: Person): string =>
  createHash('sha256')
    .update(JSON.stringify([course, key, consumer, userId]))
    .digest('hex');

/**
 * Users are identified by what the course's key vouches for, never by name: a holder of that key can act as every user
 * whom the platform may send, and as no other. So one person has an account in each course, and none has a password.
 */
export function createLtiAccounts(
  { users }: Pick<Store, 'users'>,
  setRole: Users['setRole'],
  clock: () => number,
) {
  /** The hash of an unknown password. */
  let noPassword: Promise<string> | null = null;

  async function create(id: string, person: Person): Promise<User> {
    const { course, key, userId } = person;
    noPassword ??= hashPassword(randomUUID());
    const name = nameOf(person);
    const user: User = {
      id,
      name,
      ...saidOf(person, name),
      passwordHash: await noPassword,
      operator: false,
      roles: { [course]: 'student' },
      createdAt: new Date(clock()).toISOString(),
      lti: { course, key, userId },
    };
    try {
      await users.insert(user);
      return user;
    } catch (error) {
      // A second window of the same user was quicker.
      const other = await users.get(id);
      if (other) return other;
      if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
      throw new GradeportError('conflict', `The name ${name} belongs to somebody else: ask the operator.`, {
        cause: error,
      });
    }
  }

  /** Fails with "denied" for an account that an operator removed from the course, or that got rights elsewhere. */
  async function enter(person: Person): Promise<User> {
    const id = `lti-${hashOf(person)}`;
    const known = (await users.get(id)) ?? (await create(id, person));
    // A user who left the course returns with the next launch.
    const user = hasLeft(known, person.course) ? await setRole(id, person.course, 'student') : known;
    checkRights(user, person.course);
    const said = saidOf(person, user.name);
    if (said.displayName === user.displayName && (said.email ?? user.email) === user.email) return user;
    return (await users.update({ id }, { $set: said })) ?? user;
  }

  return { enter };
}

/** Only letters of sign-in names, so that commands accept the name. */
function nameOf(person: Person): string {
  const hint = person.userId
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .slice(0, HINT_CHARACTERS);
  return `lti.${hint}.${hashOf(person).slice(0, MARK_CHARACTERS)}`;
}

/** The user's name and address, as far as the platform gives them. */
function saidOf({ name, email }: Person, otherwise: string): Pick<User, 'displayName' | 'email'> {
  const address = emailSchema.safeParse(email);
  const displayName = plainLine(name.trim(), MAX_NAME_CHARACTERS - 2) || otherwise;
  return { displayName, ...(address.success && { email: address.data }) };
}

/** The course's key must open nothing but the course. */
function checkRights({ name, operator, roles }: User, course: string): void {
  if (!Object.hasOwn(roles, course)) {
    throw new GradeportError(
      'denied',
      `The account ${name} was taken out of this course: ask the operator of this Gradeport.`,
    );
  }
  if (operator || Object.keys(roles).length > 1) {
    const sentence = `The account ${name} has rights outside this course, so it cannot be used by LTI.`;
    throw new GradeportError(
      'denied',
      `${sentence} The operator can take them away, or give them to another account.`,
    );
  }
}
