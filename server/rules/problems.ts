/**
 * The refusals of verbs, each with its sentence: one table for pages, the API and commands. A refusal is expected, and
 * each face shows it in its own way. Anything unexpected is a GradeportError or another exception.
 */
import { type ErrorCode, GradeportError } from './errors.ts';
import type { WaitFacts } from './wait-facts.ts';

/** Problem → what its sentence names. */
export type Facts = {
  'archives-are-for-operators': object;
  'base-names-are-for-operators': object;
  'folders-are-for-operators': object;
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
  'answers-faulty': { faults: Readonly<Record<string, string>> };
  'cannot-leave-course': object;
  'jobs-are-for-teachers': object;
  'layers-are-for-teachers': object;
  'no-job': object;
  'too-many-jobs': { why: string };
  'no-build': { name: string; version: number };
  'no-build-log': object;
  'no-course': { course: string };
  /** suggestion: what an operator can do about it. */
  'no-environment': { environment: string; suggestion?: string | null };
  'no-course-to-join': { course: string };
  'no-course-left': { course: string };
  'no-run': object;
  'no-submission': object;
  'submissions-of-others-are-for-staff': object;
  'no-task': { task: string };
  'no-task-to-pin': { course: string; task: string; isThere: boolean };
  'nothing-to-test': { environment: string };
  'registries-are-for-operators': object;
  'revisions-are-for-teachers': object;
  'revisions-by-operators': object;
  'samples-are-for-teachers': object;
  'no-user': { user: string };
  'settings-faulty': { faults: Readonly<Record<string, string>> };
  'user-name-taken': { user: string };
  'users-are-for-operators': object;
  'wrong-course-password': object;
  'wrong-sign-in': object;
  'account-signs-in-often': WaitFacts & { most: number };
  'all-send-much': { most: string };
  'second-factor-is-on': object;
  'second-factor-needed': object;
  'wrong-code': object;
  'wrong-password': object;
  'sign-ins-are-full': object;
  'stores-much': { most: string };
  'all-store-much': { most: string };
  'submits-often': WaitFacts & { most: number };
  'submits-much': WaitFacts & { most: string };
  'user-sends-much': WaitFacts & { most: string };
  'too-many-course-passwords': WaitFacts;
  'too-many-launches': WaitFacts;
  'too-many-sign-ins': WaitFacts;
};
export type ProblemKind = keyof Facts;

type Entry<F> = {
  code: ErrorCode;
  say: (facts: F) => string;
  /** The sentence of a command, where it can name an option or another command. */
  command?: (facts: F) => string;
};

const PROBLEMS: { readonly [K in ProblemKind]: Entry<Facts[K]> } = {
  'archives-are-for-operators': {
    code: 'denied',
    say: () => 'Only operators export and import environments.',
  },
  'base-names-are-for-operators': {
    code: 'denied',
    say: () => 'Only operators name base images.',
  },
  'answers-faulty': {
    code: 'usage',
    say: () => 'Nothing was submitted: some answers are not as the task asks for.',
  },
  'folders-are-for-operators': {
    code: 'denied',
    say: () => 'Only operators lint and build folders of the machine.',
  },
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
    say: ({ user }) => `"${user}" is not a student of this course.`,
  },
  'jobs-are-for-teachers': {
    code: 'denied',
    say: () => 'Jobs on environments are for teachers and operators.',
  },
  'layers-are-for-teachers': {
    code: 'denied',
    say: () => 'The layers of an image are for teachers and operators.',
  },
  'no-job': { code: 'not-found', say: () => 'There is no such job, or it ended long ago.' },
  'too-many-jobs': { code: 'busy', say: ({ why }) => why },
  'no-build': {
    code: 'not-found',
    say: ({ name, version }) => `There is no build ${version} of "${name}" for you.`,
  },
  'no-build-log': {
    code: 'not-found',
    say: () => 'This build has no log: it has not ended yet.',
  },
  'no-course': {
    code: 'not-found',
    say: ({ course }) =>
      `There is no course "${course}" for you. If you follow a link, ask its teacher to add you.`,
  },
  'no-environment': {
    code: 'not-found',
    say: ({ environment }) => `There is no environment "${environment}" here.`,
    command: ({ environment, suggestion }) => suggestion ?? `There is no environment "${environment}".`,
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
  'no-run': { code: 'not-found', say: () => 'There is no such run.' },
  'no-submission': { code: 'not-found', say: () => 'There is no such submission.' },
  'submissions-of-others-are-for-staff': {
    code: 'denied',
    say: () => 'Only staff may list the submissions of others.',
  },
  'no-task': {
    code: 'not-found',
    say: ({ task }) => `There is no task "${task}" in this course, or not yet.`,
  },
  'no-task-to-pin': {
    code: 'not-found',
    say: ({ course, task }) => `There is no task "${course}/${task}" that an environment grades.`,
    command: ({ course, task, isThere }) =>
      `${course}/${task} ${isThere ? 'is graded without an environment' : 'is not a task of this installation'}; "gradeport course check" lists tasks.`,
  },
  'nothing-to-test': {
    code: 'conflict',
    say: ({ environment }) => `No revision of "${environment}" grades or waits: name one by its digest.`,
    command: ({ environment }) => `No revision of "${environment}" grades or waits: name one with --digest.`,
  },
  'registries-are-for-operators': {
    code: 'denied',
    say: () => 'Registries, and what comes from them, are for operators.',
  },
  'revisions-are-for-teachers': {
    code: 'denied',
    say: () => 'Revisions are for teachers and operators.',
  },
  'revisions-by-operators': {
    code: 'denied',
    say: () => 'Only operators decide which revision grades.',
  },
  'samples-are-for-teachers': {
    code: 'denied',
    say: () => 'Running samples is for teachers and operators.',
  },
  'no-user': { code: 'not-found', say: ({ user }) => `There is no user "${user}".` },
  'settings-faulty': {
    code: 'usage',
    say: () => 'Nothing was kept: some fields are not as the course asks.',
  },
  'user-name-taken': { code: 'conflict', say: ({ user }) => `There is already a user "${user}".` },
  'users-are-for-operators': { code: 'denied', say: () => 'Accounts are for operators.' },
  'wrong-course-password': { code: 'denied', say: () => 'The password of the course is wrong.' },
  'second-factor-is-on': {
    code: 'conflict',
    say: () => 'The second factor is on already: turn it off first.',
  },
  'second-factor-needed': {
    code: 'denied',
    say: () => 'This account has a second factor: send the code of its app, or a recovery code, too.',
  },
  'wrong-code': {
    code: 'denied',
    say: () => 'The code is wrong, or it was used before: wait for the next one.',
  },
  'wrong-password': { code: 'denied', say: () => 'The password is wrong.' },
  'wrong-sign-in': { code: 'denied', say: () => 'The name or the password is wrong.' },
  'account-signs-in-often': {
    code: 'busy',
    say: ({ most, wait }) =>
      `This account signed in ${most} times within 15 minutes, the most that this server allows ` +
      `(signIn.perAccount): try again in ${wait}.`,
  },
  'all-send-much': {
    code: 'busy',
    say: ({ most }) =>
      `The server is receiving as much as it can hold at once, ${most} (web.bytesInFlight): try again in a few seconds.`,
  },
  'stores-much': {
    code: 'too-large',
    say: ({ most }) =>
      `This server keeps ${most} of one user's submissions in all (submissions.bytesPerUser), and yours are that ` +
      'large: ask the operator to allow more. Nothing was submitted.',
  },
  'all-store-much': {
    code: 'no-space',
    say: ({ most }) =>
      `This server keeps ${most} of submissions in all (submissions.bytesInAll), and has them: ask the operator to ` +
      'allow more. Nothing was submitted.',
  },
  'submits-often': {
    code: 'busy',
    say: ({ most, wait }) =>
      `You handed in ${most} times within a minute, the most that this server allows (submissions.perMinute): ` +
      `try again in ${wait}. Nothing was submitted.`,
  },
  'submits-much': {
    code: 'busy',
    say: ({ most, wait }) =>
      `You handed in ${most} within an hour, the most that this server allows (submissions.bytesPerHour): ` +
      `try again in ${wait}. Nothing was submitted.`,
  },
  'user-sends-much': {
    code: 'busy',
    say: ({ most }) =>
      `You are sending more than ${most} at once, the most that this server allows (web.bytesInFlightPerUser): ` +
      'let the other uploads end first.',
  },
  'sign-ins-are-full': {
    code: 'busy',
    say: () => 'Very many people sign in at this moment: try again in a few seconds.',
  },
  'too-many-course-passwords': {
    code: 'busy',
    say: ({ wait }) => `Too many wrong passwords: try again in ${wait}.`,
  },
  'too-many-launches': {
    code: 'busy',
    say: ({ wait }) => `Too many launches were refused: try again in ${wait}.`,
  },
  'too-many-sign-ins': {
    code: 'busy',
    say: ({ wait }) => `Too many attempts to sign in: try again in ${wait}.`,
  },
};

export class Refused<K extends ProblemKind = ProblemKind> extends GradeportError {
  readonly problem: K;
  readonly facts: Facts[K];
  /** The sentence of a command. */
  readonly inCommand: string;
  constructor(problem: K, facts: Facts[K]) {
    const { code, say, command = say } = PROBLEMS[problem];
    super(code, say(facts));
    this.inCommand = command(facts);
    this.name = 'Refused';
    this.problem = problem;
    this.facts = facts;
  }
}

export function refuse<K extends ProblemKind>(problem: K, facts: Facts[K]): never {
  throw new Refused(problem, facts);
}
