/** What students do with courses: join, leave, come back, and answer a course's questions about them. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import type { CourseCatalogue } from '../courses/catalogue-types.ts';
import { mayJoin } from '../courses/students/may-join.ts';
import { readSettings } from '../courses/students/student-settings.ts';
import { visibleCourse } from '../courses/students/visible.ts';
import type { Course } from '../courses/task.ts';
import type { User } from '../model/collections.ts';
import { settingsValues } from '../model/membership.ts';
import { verb } from '../model/verb.ts';
import type { Store } from '../ports/store.ts';
import { can } from '../rules/access.ts';
import { refuse } from '../rules/problems.ts';
import { hasLeft } from './course-roles.ts';
import type { Groups } from './groups.ts';
import { refuseAs } from './sign-in/too-often.ts';
import { settingsOf } from './student-settings-of.ts';
import type { Users } from './users.ts';

type Catalogue = { courses: Pick<CourseCatalogue, 'get'> };
type Roles = Pick<Users, 'setRole' | 'leaveCourse'>;
export type MembershipDeps = Catalogue &
  Roles & {
    groups: Pick<Groups, 'forget'>;
    /** Counts wrong passwords of courses. */
    guesses: RateLimiterMemory;
    clock: () => number;
  };
export type SettingsDeps = Catalogue & { store: Pick<Store, 'settings'> };

/** Wrong passwords of one account within the window. */
export const createGuesses = () => new RateLimiterMemory({ points: 20, duration: 15 * 60 });

const ofCourse = z.strictObject({ course: z.string() });

export const isJoinable = (user: User, { id, registration }: Course, nowMs: number): boolean =>
  registration !== null &&
  // A user from a learning platform belongs to the course that it sends them to, and to no other.
  user.lti === undefined &&
  can(user, 'join-course', { course: id, opening: registration.access, now: nowMs }) &&
  mayJoin(registration, user);

/** Joining again is not an error. */
export const joinCourse = verb({
  input: ofCourse.extend({ password: z.string().max(1000).default('') }),
  output: z.void(),
  refuses: ['wrong-course-password', 'too-many-course-passwords'],
  async run(deps: MembershipDeps, who: User, { course: id, password }) {
    if (can(who, 'see-course', { course: id })) return void (await visibleCourse(deps, who, id));
    const course = await deps.courses.get(id);
    if (!course || !isJoinable(who, course, deps.clock())) return refuse('no-course-to-join', { course: id });
    await checkPassword(deps, who, course.registration?.password ?? null, password);
    await deps.setRole(who.id, id, 'student');
  },
});

async function checkPassword(
  { guesses }: MembershipDeps,
  { id }: User,
  wanted: string | null,
  given: string,
): Promise<void> {
  if (wanted === null) return;
  await guesses.consume(id).catch(refuseAs('too-many-course-passwords'));
  if (!equal(given, wanted)) refuse('wrong-course-password', {});
  await guesses.reward(id);
}

/** Compares in constant time. */
const equal = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export const leaveCourse = verb({
  input: ofCourse,
  output: z.void(),
  refuses: ['cannot-leave-course'],
  async run(deps: MembershipDeps, who: User, { course: id }) {
    const { leavable } = await visibleCourse(deps, who, id);
    if (!can(who, 'leave-course', { course: id, leavable })) refuse('cannot-leave-course', {});
    await deps.leaveCourse(who.id, id);
    await deps.groups.forget(id, who.id);
  },
});

/** A student may come back, whatever the registration of the course says. */
export const comeBack = verb({
  input: ofCourse,
  output: z.void(),
  refuses: ['no-course-left'],
  async run(deps: MembershipDeps, who: User, { course: id }) {
    if (!hasLeft(who, id) || (await deps.courses.get(id)) === null) refuse('no-course-left', { course: id });
    await deps.setRole(who.id, id, 'student');
  },
});

const fieldSchema = z.object({
  id: z.string(),
  kind: z.enum(['text', 'integer', 'flag']),
  description: z.string(),
});

export const showSettings = verb({
  input: ofCourse,
  output: z.object({ fields: z.array(fieldSchema), settings: settingsValues }),
  refuses: [],
  async run(deps: SettingsDeps, who: User, { course: id }) {
    const course = await visibleCourse(deps, who, id);
    return { fields: [...course.fields], settings: await settingsOf(deps.store, who.id, course) };
  },
});

export const keepSettings = verb({
  /** isForm: a flag that is missing was not ticked. */
  input: ofCourse.extend({ values: z.record(z.string(), z.unknown()), isForm: z.boolean() }),
  output: z.void(),
  refuses: ['settings-faulty'],
  async run(deps: SettingsDeps, who: User, { course: id, values, isForm }) {
    const { fields } = await visibleCourse(deps, who, id);
    const read = readSettings(fields, new Map(Object.entries(values)), isForm);
    if (!read.ok) return refuse('settings-faulty', { faults: read.faults });
    const { settings } = deps.store;
    const own = { course: id, userId: who.id };
    if ((await settings.update(own, { $set: { values: read.settings } })) !== null) return;
    await settings.insert({ id: `${id}/${who.id}`, ...own, values: read.settings });
  },
});
