/** What every task format is read into. Formats differ; the rest of the house knows only these shapes. */
import type { Limits } from '../rules/limits.ts';
import type { Translations } from './translations/translations.ts';

type ProblemBase = { id: string; name: string /** reStructuredText */; header: string };
export type CodeProblem = ProblemBase & {
  type: 'code' | 'code_single_line';
  language: string;
  default: string;
  optional: boolean;
  /** Number of the first line as shown, from 1. */
  firstLine: number;
  /** The type as it is written, where only a plugin of INGInious knows it: shown and graded as text. */
  plugin?: string;
};
export type FileProblem = ProblemBase & {
  type: 'file';
  optional: boolean;
  /** null: the operator's limit. */
  maxBytes: number | null;
  /** Endings such as ".c"; empty: any. */
  extensions: string[];
};
/** Feedback and messages: null is none; an empty one is a message, as in INGInious. */
export type Choice = { text: string; valid: boolean; feedback: string | null };
export type ChoiceProblem = ProblemBase & {
  type: 'multiple_choice';
  /** In the order of the file: an answer is an index into this list, as text. */
  choices: Choice[];
  multiple: boolean;
  /** How many choices to show; 0: all. */
  limit: number;
  shuffle: boolean;
  /** Tell only whether all is right, not which problem is wrong. */
  centralize: boolean;
  errorMessage: string | null;
  successMessage: string | null;
};
export type MatchProblem = ProblemBase & { type: 'match'; answer: string; centralize: boolean };
export type Problem = CodeProblem | FileProblem | ChoiceProblem | MatchProblem;

export type Task = {
  id: string;
  course: string;
  /** Absolute path of the task's folder. */
  folder: string;
  name: string;
  author: string;
  /** reStructuredText */
  context: string;
  problems: Problem[];
  /** The grading name of an environment; null: graded here without a container (multiple choice, match). */
  environment: string | null;
  /** Others that a student may ask for instead; the own one may be among them. */
  environmentChoices?: readonly string[];
  /** What the task asks for beyond its environment's own labels (INGInious' types kata and nvidia). */
  environmentNeeds?: { needRoot: boolean; needGpu: boolean };
  limits: Partial<Limits>;
  /** The grader's command, already split; null: the folder's run file. */
  runCommand: string[] | null;
  network: boolean;
  /** Whether its grader may give the student a terminal (ssh_student). */
  terminal: boolean;
  /** Whether students see what the grader prints, while it prints. */
  showOutput: boolean;
  /** The grader's feedback is HTML, not reStructuredText: courses before 2020. */
  htmlFeedback: boolean;
  order: number;
  /** How many floats in [0, 1) each student gets as "@random"; regenerate: others after each submission. */
  random: { count: number; regenerate: boolean };
  contactUrl: string;
  /** Texts in other languages, by language. */
  translations: Translations;
  /** Of its own, besides those of its course. */
  tags: CourseTag[];
  /** What is odd in the task's file and has no effect: unknown keys, words of old versions. */
  notices: FileProblemReport[];
} & TaskSettings;

/** What a task file says, and what its course may say instead. */
export type TaskSettings = {
  weight: number;
  access: Access;
  /** Which submission's grade counts. */
  evaluate: 'best' | 'last';
  /** Handed in by groups of the course, whose members then share what comes of it. */
  groups: boolean;
  /** How many submissions INGInious keeps, 0: all. Here all are kept, and so many are listed to students. */
  storedSubmissions: number;
  submissionLimit: SubmissionLimit | null;
  categories: string[];
};

/** Grading names for tasks that name no environment: without a GPU, and with one. */
export type DefaultEnvironments = { cpu: string; gpu: string };
export const USUAL_ENVIRONMENTS: DefaultEnvironments = { cpu: 'default', gpu: 'default' };

/** At most `amount` submissions, or as many within any `hours`. */
export type SubmissionLimit = { amount: number; hours: number | null };

/** When a task is open; instants in ms since 1970, null: no bound. */
export type Access = { open: boolean; from: number | null; softUntil: number | null; until: number | null };

/** A file that could not be read as it should: where, and what was expected. Lines and columns from 1. */
export type FileProblemReport = { file: string; line: number | null; column: number | null; message: string };

export type BrokenTask = { id: string; problems: FileProblemReport[] };

/** A part of a course's table of contents: sections in it, and ids of its tasks. */
export type Section = {
  title: string;
  /** Folded in until somebody opens it. */
  closed: boolean;
  hiddenIfEmpty: boolean;
  sections: Section[];
  tasks: string[];
};

export type CourseTag = {
  id: string;
  name: string;
  description: string;
  kind: 'skill' | 'misconception' | 'category';
  /** To students. */
  visible: boolean;
};

/** What a course asks each of its students; graders get the answers as "@settings". */
export type StudentField = { id: string; description: string; kind: 'integer' | 'text' | 'flag' };

/** How people who have an account join a course by themselves. */
export type Registration = {
  access: Access;
  password: string | null;
  /** Who else may (accept), or may not; null: everybody may. */
  list: { of: 'name' | 'email'; accept: boolean; names: string[] } | null;
};

/** How students come to a course from a learning platform (LTI 1.1). */
export type Lti = {
  /** Where those are sent who come without it. */
  url: string | null;
  sendBackGrade: boolean;
  /** A function, so that no page, log or JSON that shows a course can show it. null: there is no such key. */
  secretOf(key: string): string | null;
};

export type Course = {
  id: string;
  folder: string;
  name: string;
  /** reStructuredText */
  description: string;
  /** In the order of the table of contents; without one by order and id. */
  tasks: Task[];
  /** Every task is in exactly one of them. Empty: the course has no table of contents. */
  sections: Section[];
  /**
   * Each student sees only `amount` tasks of each of these, and no other; null: all tasks. Titles as in the file,
   * in whatever language they are shown.
   */
  deals: { title: string; amount: number; tasks: string[] }[] | null;
  tags: CourseTag[];
  /** null: only who is added is in the course. */
  registration: Registration | null;
  fields: StudentField[];
  /** Its students may leave it by themselves. */
  leavable: boolean;
  /** Its students go into groups and out of them by themselves. */
  groupsByStudents: boolean;
  /** null: nobody comes from a learning platform. */
  lti?: Lti | null;
  /** User names in INGInious: accounts and roles are ours. */
  admins: string[];
  tutors: string[];
  translations: Translations;
  /** What is odd in course.yaml and in the files of tasks, and has no effect. */
  notices: FileProblemReport[];
  /** Tasks that cannot be read; the rest of the course works. */
  broken: BrokenTask[];
  /** Absolute path of $common, null if there is none. */
  common: string | null;
};
