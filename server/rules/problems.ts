/**
 * What verbs refuse, each with its sentence: the one table that pages, the API and commands take their words from.
 * A refusal is expected: a face shows it in its own way. What nobody expects is a GradeportError or another exception.
 */
import { type ErrorCode, GradeportError } from './errors.ts';

/** Problem → what its sentence names. */
export type Facts = {
  'group-missing': object;
  'group-gone': object;
  'group-full': { group: string; size: number };
  'group-holds-more': { group: string; members: number };
  'group-name-taken': { group: string };
  'groups-enough': { most: number };
  'groups-are-for-staff': object;
  'groups-by-teacher': object;
  'in-another-group': { user: string; group: string };
  'no-student-of-course': { user: string };
  'cannot-leave-course': object;
  'no-course': { course: string };
  'no-course-to-join': { course: string };
  'no-course-left': { course: string };
  'no-task': { task: string };
  'no-user': { user: string };
  'settings-faulty': { faults: Readonly<Record<string, string>> };
  'user-name-taken': { user: string };
  'users-are-for-operators': object;
  'wrong-course-password': object;
  'wrong-sign-in': object;
  'too-many-course-passwords': { seconds: number };
  'too-many-launches': { seconds: number };
  'too-many-sign-ins': { seconds: number };
};
export type ProblemKind = keyof Facts;

type Entry<F> = { code: ErrorCode; say: (facts: F) => string };

const PROBLEMS: { readonly [K in ProblemKind]: Entry<Facts[K]> } = {
  'group-missing': {
    code: 'not-found',
    say: () => 'There is no such group in this course. Reload the page.',
  },
  'group-gone': { code: 'not-found', say: () => 'This group is gone.' },
  'group-full': {
    code: 'conflict',
    say: ({ group, size }) => `Group "${group}" is full: it has room for ${size}.`,
  },
  'group-holds-more': {
    code: 'conflict',
    say: ({ group, members }) => `Group "${group}" has ${members} members; take some out first.`,
  },
  'group-name-taken': {
    code: 'conflict',
    say: ({ group }) => `There is already a group "${group}"; choose another name.`,
  },
  'groups-enough': { code: 'conflict', say: ({ most }) => `A course has at most ${most} groups.` },
  'groups-are-for-staff': { code: 'denied', say: () => 'Only staff of the course may change its groups.' },
  'groups-by-teacher': { code: 'denied', say: () => 'Your teacher decides who is in which group.' },
  'in-another-group': {
    code: 'conflict',
    say: ({ user, group }) => `"${user}" is in group "${group}", and has to leave it first.`,
  },
  'no-student-of-course': {
    code: 'conflict',
    say: ({ user }) => `"${user}" is no student of this course.`,
  },
  'no-course': {
    code: 'not-found',
    say: ({ course }) =>
      `There is no course "${course}" for you. If you follow a link, ask its teacher to add you.`,
  },
  'no-course-to-join': {
    code: 'not-found',
    say: ({ course }) => `There is no course "${course}" that you may join.`,
  },
  'no-course-left': {
    code: 'not-found',
    say: ({ course }) => `There is no course "${course}" that you left.`,
  },
  'cannot-leave-course': {
    code: 'denied',
    say: () => 'You cannot leave this course by yourself; ask its teacher.',
  },
  'no-task': {
    code: 'not-found',
    say: ({ task }) => `There is no task "${task}" in this course, or not yet.`,
  },
  'no-user': { code: 'not-found', say: ({ user }) => `There is no user "${user}".` },
  'settings-faulty': {
    code: 'usage',
    say: () => 'Nothing was kept: some fields are not as the course asks.',
  },
  'user-name-taken': { code: 'conflict', say: ({ user }) => `There is already a user "${user}".` },
  'users-are-for-operators': { code: 'denied', say: () => 'Accounts are for operators.' },
  'wrong-course-password': { code: 'denied', say: () => 'The password of the course is wrong.' },
  'wrong-sign-in': { code: 'denied', say: () => 'The name or the password is wrong.' },
  'too-many-course-passwords': {
    code: 'busy',
    say: ({ seconds }) => `Too many wrong passwords: try again in ${seconds} s.`,
  },
  'too-many-launches': {
    code: 'busy',
    say: ({ seconds }) => `Too many launches were refused: try again in ${seconds} s.`,
  },
  'too-many-sign-ins': {
    code: 'busy',
    say: ({ seconds }) => `Too many attempts to sign in: try again in ${seconds} s.`,
  },
};

export class Refused<K extends ProblemKind = ProblemKind> extends GradeportError {
  readonly problem: K;
  readonly facts: Facts[K];
  constructor(problem: K, facts: Facts[K]) {
    const { code, say } = PROBLEMS[problem];
    super(code, say(facts));
    this.name = 'Refused';
    this.problem = problem;
    this.facts = facts;
  }
}

export function refuse<K extends ProblemKind>(problem: K, facts: Facts[K]): never {
  throw new Refused(problem, facts);
}
