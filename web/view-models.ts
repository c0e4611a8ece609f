/**
 * The models of the pages. Views know only these types, not the server. Fields that end in Html are
 * sanitised HTML; everything else is text and is escaped by the views.
 */

import type { FrameView } from './framed-views.ts';
import type { BuildRow } from './job-models.ts';
import type { FieldView, JoinCard, LeftCard } from './membership-views.ts';
import type { Nav } from './nav.ts';
import type { RevisionsView, TestedView } from './revision-models.ts';
import type { LayerView } from './sharing-views.ts';

export type SignInPage = Nav & {
  error: string | null;
  name: string;
  next: string;
  /** The learning platform's address for students of the requested course; null: the course gives none. */
  platformHref: string | null;
};

export type CourseCard = {
  id: string;
  name: string;
  descriptionHtml: string;
  role: string;
  tasks: number;
  solved: number;
};
export type CoursesPage = Nav & {
  left: LeftCard[];
  courses: CourseCard[];
  /** error: why joining it failed just now. */
  joinable: (JoinCard & { error: string | null })[];
};

export type TaskRow = {
  id: string;
  name: string;
  href: string;
  /** "new" | "tried" | "solved" */
  status: string;
  /** Best grade in percent, null before the first verdict. */
  grade: number | null;
  environment: string;
  /** Why the task does not accept submissions, null when it does; for staff alone, what keeps students from it. */
  closed: string | null;
  forStudents: string | null;
  deadline: string | null; // null: there is none, or it is over
  categories: string[];
};
export type BrokenTaskRow = {
  id: string;
  problems: { file: string; line: number | null; column: number | null; message: string }[];
};
export type SectionView = {
  title: string;
  /** Collapsed at first. */
  closed: boolean;
  sections: SectionView[];
  tasks: TaskRow[];
};
export type CoursePage = Nav & {
  course: { id: string; name: string; descriptionHtml: string; href: string };
  /** null: students cannot leave the course on their own. */
  leaveHref: string | null;
  /** Empty: the course asks nothing. */
  fields: FieldView[];
  /** Shown after the answers were saved. */
  fieldsNotice: string | null;
  /** The grade of the whole course; null before the first verdict. */
  grade: number | null;
  /** A single section without a title if the course has no table of contents. */
  sections: SectionView[];
  /** Shown to teachers and operators only; empty for students. */
  broken: BrokenTaskRow[];
  notices: BrokenTaskRow['problems'];
  staff: boolean;
  /** The page of its groups; null: the course does not use groups. */
  groupsHref: string | null;
  /** For a course on a learning platform; launch: the address for launches, without the task. */
  platform: { href: string | null; launch: string | null } | null;
};

export type ProblemView = {
  id: string;
  name: string;
  headerHtml: string;
  /** null: the text has no scripts. */
  frame: FrameView | null;
  /** INGInious' name of a problem type that Gradeport cannot show; null: it can. */
  plugin: string | null;
  /** Whether it is graded: a quiz leaves out what it cannot show. */
  counts: boolean;
  /** Exactly one of these is true; it selects the input. */
  isCode: boolean;
  isLine: boolean;
  isFile: boolean;
  isChoice: boolean;
  isMatch: boolean;
  /** For code: the editor's language ("python", "c", "cpp", "java", "" …). */
  language: string;
  firstLine: number;
  optional: boolean;
  /** The initial text: the last answer or the task's default. */
  value: string;
  /** The task's default text, for "start over". */
  original: string;
  multiple: boolean;
  choices: { index: string; html: string; checked: boolean }[];
  accept: string;
  maxBytes: number | null;
  /** The error of this answer after a refused submission, null if there is none. */
  error: string | null;
};
export type RunRow = {
  id: string;
  href: string;
  at: string;
  state: string;
  verdict: string | null;
  /** The label of the run's own page: "Out of time"; null before the verdict. */
  label: string | null;
  tone: string | null;
  grade: number | null;
  /** Its grade is the student's grade for the task. */
  counts: boolean;
};
export type TaskPage = Nav & {
  course: { id: string; name: string; href: string };
  task: { id: string; name: string; author: string; contextHtml: string; frame: FrameView | null };
  problems: ProblemView[];
  limits: { time: string; memory: string; output: string };
  environment: { name: string; href: string; available: boolean; reason: string } | null;
  /** Empty if there is no choice. away: it cannot grade now. */
  environmentChoices: { name: string; title: string; chosen: boolean; away: boolean }[];
  closed: string | null;
  deadline: string | null;
  /** For a group task: the reader's group, if they have one. */
  group: { name: string | null; href: string } | null;
  /** How many submissions are left; null: no limit. */
  allowance: string | null;
  nearlyFull: string | null;
  /** Random numbers of the task: for display, and as the form sends them back. */
  numbers: { shown: number[]; sent: string } | null;
  /** Where students can ask about this task. */
  contactHref: string | null;
  submitHref: string;
  runs: RunRow[];
  /** Which submission counts, and which ones the list shows. */
  runsNote: string;
  error: string | null;
};

/** Feedback on one problem or on the whole run, ready to show. */
export type FeedbackView = {
  textHtml: string;
  problems: { id: string; name: string; result: string | null; html: string }[];
  /** found: a known mistake that the answer contains. */
  tests: { name: string; passed: boolean | null; text: string; found?: true }[];
};
export type VerdictView = {
  verdict: string;
  /** "Success", "Out of memory" … */
  label: string;
  /** "good" | "bad" | "warn": the colour class. */
  tone: string;
  summary: string;
  grade: number;
  /** For staff only; "" for others. */
  details: string;
  /** For staff only: no student container was used though the answer is code. */
  shared: boolean;
  /** What the machine did not count, for people; null: nothing is missing. */
  uncounted: string | null;
  timings: { startMs: number; graderMs: number; totalMs: number };
  used: { cpuMs: number; wallMs: number; memory: string; outputBytes: number };
};
export type RunPage = Nav & {
  /** group: the group that handed in; student names the group and its members. */
  run: { id: string; state: string; at: string; student: string; group: boolean };
  course: { id: string; name: string; href: string };
  task: { id: string; name: string; href: string };
  /** The answers as submitted: code as text, files by name. */
  answers: { id: string; name: string; text: string; fileHref: string | null }[];
  environment: {
    name: string;
    href: string;
    runtime: string;
    reason: string;
    way: { name: string; reason: string } | null;
  } | null;
  feedback: FeedbackView | null;
  verdict: VerdictView | null;
  output: { head: string; tail: string; omittedBytes: number } | null;
  showOutput: boolean;
  staff: boolean;
  canKill: boolean;
  killHref: string;
  /** "Run again with debug", for staff and once it is over. */
  debugHref: string | null;
  /** The run is a debug run, whose grade does not count. */
  debug: boolean;
  /** Whether learning platforms have the grade: a sentence for each student who came from one. */
  gradeReturns: string[];
};

export type EnvironmentView = {
  name: string;
  title: string;
  description: string;
  image: string;
  digest: string;
  shortDigest: string;
  size: string;
  age: string;
  createdAt: string;
  runtime: string;
  reason: string;
  needRoot: boolean;
  needGpu: boolean;
  available: boolean;
  languages: string[];
  aliases: string[];
  /** Ports that its label lists; Gradeport opens none of them. */
  ports: number[];
  /** Its names that lead to another image: a sentence each. */
  lost: string[];
  /** The last result of its samples; null: they never ran. */
  tested: TestedView | null;
  /** A newer image that does not grade (yet), and the link to the reason; for teachers and operators. */
  update: { text: string; link: string; href: string } | null;
  /** Other images of its name that cannot be used: a sentence each; for teachers and operators. */
  beside: string[];
  /** Where its labels of both families differ, a sentence that says which counts and why; empty: they do not. */
  whichLabels: string;
  /** Why an update is due, if the registries were asked; null: none is known. For operators. */
  newer: string | null;
  /** The user programs in its containers: a sentence. */
  runsAs: string;
  href: string;
  /** In lower case: the text that the list's search looks through. */
  search: string;
};
/** An option of a select; the empty value means all. */
export type Choice = { value: string; label: string; chosen: boolean };
export type EnvironmentsPage = Nav & {
  environments: EnvironmentView[];
  engine: { ok: boolean; sentence: string };
  /** Why no run is graded at the moment, as a sentence; null: they are. */
  paused: string | null;
  /** What runs wait for because it cannot grade now; empty for all but operators. */
  awaited: { environment: string; why: string; runs: number }[];
  /** What the last start could not build; empty for all but operators. */
  unbuilt: { name: string; why: string; log: string; command: string }[];
  canBuild: boolean;
  /** Whether any environment exists, filtered or not. */
  some: boolean;
  filter: { text: string; languages: Choice[]; runtimes: Choice[]; states: Choice[] };
  /** "3 of 8" */
  shown: string;
  views: { name: string; label: string; href: string; current: boolean }[];
  asTable: boolean;
};
/** Days with runs, newest first; the plots show all days of the period. */
export type EnvironmentUseView = {
  runsPlotHtml: string;
  timesPlotHtml: string;
  /** Length of the period in days. */
  span: number;
  /** The largest number of runs that a day's times are computed from; null: all. */
  sampled: number | null;
  days: { day: string; runs: number; median: string; p95: string }[];
};
export type EnvironmentPage = Nav & {
  environment: EnvironmentView;
  /** null: no runs lately. */
  use: EnvironmentUseView | null;
  /** Warm containers that wait for a submission. */
  slots: number;
  tasks: { name: string; href: string }[];
  /** The steps that made its image, the newest first; empty for students. */
  layers: LayerView[];
  /** Builds in the browser, newest first; only for readers who may edit it. */
  builds: BuildRow[];
  /** For teachers and operators; null for others. */
  revisions: RevisionsView | null;
};
/** While the database is away. asksAgain: the page reloads automatically; href: the requested address. */
export type MomentPage = Nav & { asksAgain: boolean; href: string };

/** For development: every partial in every state. */
export type PartialsPage = Nav & {
  samples: { partial: string; states: { state: string; html: string }[] }[];
};

/** signInHref: for somebody whose session is over; draftIsKept: what was typed is still in the browser. */
type SignIn = { signInHref: string | null; draftIsKept: boolean };
export type ErrorPage = Nav & { status: number; message: string; errorId: string | null } & SignIn;
