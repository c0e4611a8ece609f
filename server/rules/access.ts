/** Who may do what. Pure: the actor, the target and the time are given. */

/** What the rules need to know of a user; a stored User fits. */
export type Actor = {
  id: string;
  name: string;
  operator: boolean;
  roles: Readonly<Record<string, 'teacher' | 'student'>>;
};

/** The user of a command on this machine can write its data folder, so they may do everything. They have no id. */
export const operatorHere = (name: string | null): Actor => ({
  id: '',
  name: name ?? '',
  operator: true,
  roles: {},
});

/** The name that a history shows; null: somebody without a name ran a command. */
export const signature = ({ name }: Pick<Actor, 'name'>): string | null => (name === '' ? null : name);

/** When a task is open; instants in ms since 1970, null: no bound. Both ends belong to it. */
export type Opening = { open: boolean; from: number | null; softUntil: number | null; until: number | null };
/** late: past the soft deadline, still accepted. */
export type TaskState = 'hidden' | 'not-yet' | 'open' | 'late' | 'closed';

type InCourse = { course: string };
type OfTask = InCourse & { opening: Opening; now: number };
/** userId: the owner; for a group's run that is not a user, and `team` names the members. */
type OfRun = InCourse & { userId: string; team?: { by: string; members: readonly string[] } | undefined };
/** Each action with what it is done to. */
export type Targets = {
  'see-course': InCourse;
  /** Joining on one's own; opening: when registration is open. */
  'join-course': OfTask;
  /** Leaving on one's own; leavable: the course allows it. */
  'leave-course': InCourse & { leavable: boolean };
  'see-task': OfTask;
  submit: OfTask;
  'see-run': OfRun;
  'kill-run': OfRun;
  /** Typing in the run's terminal: a session is one person's own work. */
  'type-in-run': OfRun;
  /** Make, fill, rename and dissolve groups. */
  'manage-groups': InCourse;
  /** Join and leave one of the course's groups; byStudents: the course lets students choose. */
  'choose-group': InCourse & { byStudents: boolean };
  /** Grader output, crash reasons, other people's results: what only staff sees. */
  'see-staff-details': InCourse;
  'see-environments': null;
  /** Their history, and running their samples: teachers of any course. */
  'test-environments': null;
  /** Build one's own environment: teachers of any course. The builder decides which names they may take. */
  'build-environments': null;
  /** Long work on environments, started by the user of this name: its log, and to stop it. */
  'follow-job': { by: string };
  /** Build, pull, promote, roll back; users; config. */
  operate: null;
};
export type Action = keyof Targets;

type Rules = { [A in Action]: (actor: Actor, target: Targets[A]) => boolean };
const rules: Rules = {
  'see-course': (actor, { course }) => isStaff(actor, course) || roleIn(actor, course) !== null,
  'join-course': (actor, { course, opening, now }) =>
    !isStaff(actor, course) &&
    roleIn(actor, course) === null &&
    ['open', 'late'].includes(taskState(opening, now)),
  'leave-course': (actor, { course, leavable }) => leavable && roleIn(actor, course) === 'student',
  'see-task': (actor, { course, opening, now }) =>
    isStaff(actor, course) ||
    (roleIn(actor, course) !== null && !['hidden', 'not-yet'].includes(taskState(opening, now))),
  submit: (actor, { course, opening, now }) =>
    isStaff(actor, course) ||
    (roleIn(actor, course) !== null && ['open', 'late'].includes(taskState(opening, now))),
  'see-run': ownOrStaff,
  'kill-run': ownOrStaff,
  'type-in-run': ({ id }, { userId, team }) => id === (team?.by ?? userId),
  'manage-groups': (actor, { course }) => isStaff(actor, course),
  'choose-group': (actor, { course, byStudents }) => byStudents && roleIn(actor, course) === 'student',
  'see-staff-details': (actor, { course }) => isStaff(actor, course),
  'see-environments': () => true,
  'test-environments': (actor) => teaches(actor),
  'build-environments': (actor) => teaches(actor),
  'follow-job': (actor, { by }) => actor.operator || (teaches(actor) && actor.name === by),
  operate: (actor) => actor.operator,
};

export function can<A extends Action>(actor: Actor | null, action: A, target: Targets[A]): boolean {
  return actor !== null && rules[action](actor, target);
}

export function taskState({ open, from, softUntil, until }: Opening, now: number): TaskState {
  if (!open) return 'hidden';
  if (from !== null && now < from) return 'not-yet';
  if (until !== null && now > until) return 'closed';
  return softUntil !== null && now > softUntil ? 'late' : 'open';
}

/** A course may be called "constructor": only the user's own entries count. */
function roleIn({ roles }: Actor, course: string): 'teacher' | 'student' | null {
  return Object.hasOwn(roles, course) ? (roles[course] ?? null) : null;
}

const isStaff = (actor: Actor, course: string): boolean =>
  actor.operator || roleIn(actor, course) === 'teacher';

export const teaches = ({ operator, roles }: Pick<Actor, 'operator' | 'roles'>): boolean =>
  operator || Object.values(roles).includes('teacher');

/** A user who left a course or a group still sees their own runs. */
function ownOrStaff(actor: Actor, { course, userId, team }: OfRun): boolean {
  return actor.id === userId || (team?.members.includes(actor.id) ?? false) || isStaff(actor, course);
}
