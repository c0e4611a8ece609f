/**
 * What the pages get. Views know these shapes and nothing of the server. Fields that end in Html are
 * sanitised HTML; everything else is text and is escaped by the views.
 */
import type { BuildRow } from './job-models.ts';
import type { FieldView, LeftCard } from './membership-views.ts';
import type { Nav } from './nav.ts';
import type { RevisionsView, TestedView } from './revision-models.ts';
import type { LayerView } from './sharing-views.ts';

export type SignInPage = Nav & {
  error: string | null;
  name: string;
  next: string;
  /** Where students of the asked course come from; null: it says nothing. */
  platformHref: string | null;
};

/** Names and values of a launch's form, to be sent again from a window of its own. */
export type LaunchWindowPage = {
  action: string;
  pairs: readonly (readonly [string, string])[];
  /** A page of its own, without head and foot. */
  layout: false;
};

export type CourseCard = {
  id: string;
  name: string;
  descriptionHtml: string;
  role: string;
  tasks: number;
  solved: number;
};
/** A course that one is not in and may enter. */
export type JoinCard = {
  id: string;
  name: string;
  descriptionHtml: string;
  joinHref: string;
  needsPassword: boolean;
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
  /** Why it cannot be submitted to (closed, environment unavailable), null when it can. */
  closed: string | null;
  categories: string[];
};
export type BrokenTaskRow = {
  id: string;
  problems: { file: string; line: number | null; column: number | null; message: string }[];
};
export type SectionView = {
  title: string;
  /** Folded in at first. */
  closed: boolean;
  sections: SectionView[];
  tasks: TaskRow[];
};
export type CoursePage = Nav & {
  course: { id: string; name: string; descriptionHtml: string; href: string };
  /** null: one cannot leave it by oneself. */
  leaveHref: string | null;
  /** Empty: it asks nothing. */
  fields: FieldView[];
  /** After they were kept. */
  fieldsNotice: string | null;
  /** Of all of the course; null before the first verdict. */
  grade: number | null;
  /** One without a title where the course has no table of contents. */
  sections: SectionView[];
  /** Shown to teachers and operators only; empty for students. */
  broken: BrokenTaskRow[];
  notices: BrokenTaskRow['problems'];
  staff: boolean;
  /** The page of its groups; null: it has nothing to do with groups. */
  groupsHref: string | null;
  /** Of a course that students come to from a learning platform; launch: where that sends them, without the task. */
  platform: { href: string | null; launch: string | null } | null;
};

export type ProblemView = {
  id: string;
  name: string;
  headerHtml: string;
  /** INGInious' name of a kind of problem that Gradeport cannot show; null: it can. */
  plugin: string | null;
  /** Exactly one of these is true: what input to show. */
  isCode: boolean;
  isLine: boolean;
  isFile: boolean;
  isChoice: boolean;
  isMatch: boolean;
  /** For code: the editor's language ("python", "c", "cpp", "java", "" …). */
  language: string;
  firstLine: number;
  optional: boolean;
  /** Text to start from: last answer or the task's default. */
  value: string;
  /** The task's default text, for "start over". */
  original: string;
  multiple: boolean;
  choices: { index: string; html: string; checked: boolean }[];
  accept: string;
  maxBytes: number | null;
  /** What is wrong with this answer after a refused submission, null if nothing. */
  error: string | null;
};
export type RunRow = {
  id: string;
  href: string;
  at: string;
  state: string;
  verdict: string | null;
  /** As on the run's own page: "Out of time"; null before the verdict. */
  label: string | null;
  tone: string | null;
  grade: number | null;
  /** Its grade is the student's grade of the task. */
  counts: boolean;
};
export type TaskPage = Nav & {
  course: { id: string; name: string; href: string };
  task: { id: string; name: string; author: string; contextHtml: string };
  problems: ProblemView[];
  limits: { time: string; memory: string; output: string };
  environment: { name: string; href: string; available: boolean; reason: string } | null;
  /** Empty where there is nothing to choose. away: it cannot grade now. */
  environmentChoices: { name: string; title: string; chosen: boolean; away: boolean }[];
  closed: string | null;
  /** Where groups hand in: the reader's, if there is one. */
  group: { name: string | null; href: string } | null;
  /** How many submissions are left; null: no limit. */
  allowance: string | null;
  /** Random numbers that the task asks about: to read, and as the form sends them back. */
  numbers: { shown: number[]; sent: string } | null;
  /** Where to ask about this task. */
  contactHref: string | null;
  submitHref: string;
  runs: RunRow[];
  /** Which submission counts, and which are listed. */
  runsNote: string;
  error: string | null;
};

/** One problem's or the whole run's feedback, ready to show. */
export type FeedbackView = {
  textHtml: string;
  problems: { id: string; name: string; result: string | null; html: string }[];
  /** found: a mistake that the course has a name for, and that was found in the answer. */
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
  /** For staff only, else "". */
  details: string;
  /** For staff only: no student container was used though the answer is code. */
  shared: boolean;
  timings: { startMs: number; graderMs: number; totalMs: number };
  used: { cpuMs: number; wallMs: number; memory: string; outputBytes: number };
};
export type RunPage = Nav & {
  /** group: handed in by one; student names it and its people. */
  run: { id: string; state: string; at: string; student: string; group: boolean };
  course: { id: string; name: string; href: string };
  task: { id: string; name: string; href: string };
  /** The answers as submitted: code as text, files by name. */
  answers: { id: string; name: string; text: string; isFile: boolean }[];
  environment: { name: string; href: string; runtime: string; reason: string } | null;
  feedback: FeedbackView | null;
  verdict: VerdictView | null;
  output: { head: string; tail: string; omittedBytes: number } | null;
  showOutput: boolean;
  staff: boolean;
  canKill: boolean;
  killHref: string;
  /** "Run again with debug", for staff and once it is over. */
  debugHref: string | null;
  /** It is such a run: no grade of the student's. */
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
  /** Ports that its label lists; none is opened. */
  ports: number[];
  /** Names of it that lead to another image: a sentence each. */
  lost: string[];
  /** What its samples said last; null: they never ran. */
  tested: TestedView | null;
  /** A newer image that does not grade (yet), and where its page says why; for teachers and operators. */
  update: { text: string; link: string; href: string } | null;
  /** Other images of its name that cannot be used: a sentence each; for teachers and operators. */
  beside: string[];
  /** Why an update is due, as far as somebody asked; null: none is known. For operators. */
  newer: string | null;
  /** Which user programs are in its containers: a sentence. */
  runsAs: string;
  href: string;
  /** Lower case: what the list's search looks through. */
  search: string;
};
/** What a select offers; the empty value is all. */
export type Choice = { value: string; label: string; chosen: boolean };
export type EnvironmentsPage = Nav & {
  environments: EnvironmentView[];
  engine: { ok: boolean; sentence: string };
  canBuild: boolean;
  /** Whether there is any, filtered or not. */
  some: boolean;
  filter: { text: string; languages: Choice[]; runtimes: Choice[]; states: Choice[] };
  /** "3 of 8" */
  shown: string;
  views: { name: string; label: string; href: string; current: boolean }[];
  asTable: boolean;
};
/** Days with runs, newest first; the plots have all days of the span. */
export type EnvironmentUseView = {
  runsPlotHtml: string;
  timesPlotHtml: string;
  /** Days. */
  span: number;
  /** How many runs of a day the times are of, at most; null: of all. */
  sampled: number | null;
  days: { day: string; runs: number; median: string; p95: string }[];
};
export type EnvironmentPage = Nav & {
  environment: EnvironmentView;
  /** null: nobody used it lately. */
  use: EnvironmentUseView | null;
  /** Containers that wait for a submission right now. */
  slots: number;
  tasks: { name: string; href: string }[];
  /** How its image was made, the newest step first; empty for students. */
  layers: LayerView[];
  /** Of those that were built in the browser, for whoever may edit it; newest first. */
  builds: BuildRow[];
  /** For teachers and operators; null for others. */
  revisions: RevisionsView | null;
};
/** While the database is away. asksAgain: the page loads anew on its own; href: what was asked for. */
export type MomentPage = Nav & { asksAgain: boolean; href: string };

/** For development: every partial in every state. */
export type PartialsPage = Nav & {
  samples: { partial: string; states: { state: string; html: string }[] }[];
};

export type ErrorPage = Nav & { status: number; message: string; errorId: string | null };
