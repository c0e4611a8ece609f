/** The shapes that every task format is read into. Formats differ; the other code knows only these shapes. */
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
  /** The type as the file spells it, if only a plugin of INGInious knows it: shown and graded as text. */
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
/** Feedback and messages: null means none; an empty one is a message, as in INGInious. */
export type Choice = { text: string; valid: boolean; feedback: string | null };
export type ChoiceProblem = ProblemBase & {
  type: 'multiple_choice';
  /** In the order of the file: an answer is an index into this list, as text. */
  choices: Choice[];
  multiple: boolean;
  /** How many choices to show; 0: all. */
  limit: number;
  shuffle: boolean;
  /** Report only whether all is right, not which problem is wrong. */
  centralize: boolean;
  errorMessage: string | null;
  successMessage: string | null;
};
export type MatchProblem = ProblemBase & { type: 'match'; answer: string; centralize: boolean };
/** In a quiz. Which answer to a plugin's problem is right, only the plugin knows: the problem does not count. */
export const isJudged = (problem: Problem): boolean => !('plugin' in problem);
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
  /** Other environments that a student may choose; may include the task's own. */
  environmentChoices?: readonly string[];
  /** Requirements beyond the labels of the environment (INGInious' types kata and nvidia). */
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
  /** How many floats in [0, 1) each student gets as "@random"; regenerate: new ones after each submission. */
  random: { count: number; regenerate: boolean };
  contactUrl: string;
  /** Texts in other languages, by language. */
  translations: Translations;
  /** The task's own tags, besides those of its course. */
  tags: CourseTag[];
  /** Odd parts of the task's file without effect: unknown keys, words of old versions. */
  notices: FileProblemReport[];
} & TaskSettings;

/** Settings of a task file that its course may override. */
export type TaskSettings = {
  weight: number;
  access: Access;
  /** Which submission's grade counts. */
  evaluate: 'best' | 'last';
  /** Groups of the course hand in, and their members share the result. */
  groups: boolean;
  /** How many submissions INGInious keeps, 0: all. Here all are kept, and students see this many in the list. */
  storedSubmissions: number;
  submissionLimit: SubmissionLimit | null;
  categories: string[];
};

/** Grading names for tasks that name no environment: without a GPU, and with one. */
export type DefaultEnvironments = { cpu: string; gpu: string };
export const USUAL_ENVIRONMENTS: DefaultEnvironments = { cpu: 'default', gpu: 'default' };

/** At most `amount` submissions, in total or within any `hours`. */
export type SubmissionLimit = { amount: number; hours: number | null };

/** When a task is open; instants in ms since 1970, null: no bound. */
export type Access = { open: boolean; from: number | null; softUntil: number | null; until: number | null };

/** An error in a file: the position, and what was expected. Lines and columns from 1. */
export type FileProblemReport = { file: string; line: number | null; column: number | null; message: string };

export type BrokenTask = { id: string; problems: FileProblemReport[] };

/** A part of a course's table of contents: its subsections, and ids of its tasks. */
export type Section = {
  title: string;
  /** Collapsed until a reader opens it. */
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
  /** Whether students see the tag. */
  visible: boolean;
};

/** What a course asks each of its students; graders get the answers as "@settings". */
export type StudentField = { id: string; description: string; kind: 'integer' | 'text' | 'flag' };

/** How users with an account join a course on their own. */
export type Registration = {
  access: Access;
  password: string | null;
  /** Which users may join (accept), or may not; null: all may. */
  list: { of: 'name' | 'email'; accept: boolean; names: string[] } | null;
};

/** How students come to a course from a learning platform (LTI 1.1). */
export type Lti = {
  /** Where students are sent who do not come from the platform. */
  url: string | null;
  sendBackGrade: boolean;
  /** A function, so that no page, log or JSON of a course can contain it. null: the key does not exist. */
  secretOf(key: string): string | null;
};

export type Course = {
  id: string;
  folder: string;
  name: string;
  /** reStructuredText */
  description: string;
  /** In the order of the table of contents; without one, by order and id. */
  tasks: Task[];
  /** Every task is in exactly one of them. Empty: the course has no table of contents. */
  sections: Section[];
  /**
   * Each student sees only `amount` tasks of each of these, and no others; null: all tasks. Titles as in the file,
   * whatever the language of the page.
   */
  deals: { title: string; amount: number; tasks: string[] }[] | null;
  tags: CourseTag[];
  /** null: only users whom staff or operators add are in the course. */
  registration: Registration | null;
  fields: StudentField[];
  /** Its students may leave it on their own. */
  leavable: boolean;
  /** Its students may enter and leave groups on their own. */
  groupsByStudents: boolean;
  /** null: the course accepts no launches from learning platforms. */
  lti?: Lti | null;
  /** User names in INGInious; Gradeport has its own accounts and roles. */
  admins: string[];
  tutors: string[];
  translations: Translations;
  /** Odd parts of course.yaml and of task files without effect. */
  notices: FileProblemReport[];
  /** Tasks that cannot be read; the rest of the course works. */
  broken: BrokenTask[];
  /** Absolute path of $common, null if there is none. */
  common: string | null;
};
