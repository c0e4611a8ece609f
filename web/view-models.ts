/**
 * What the pages get. Views know these shapes and nothing of the server. Fields that end in Html are
 * sanitised HTML; everything else is text and is escaped by the views.
 */
import type { RevisionsView, TestedView } from './revision-models.ts';
import type { LayerView } from './sharing-views.ts';

export type Nav = {
  /** null: not signed in. */
  user: { name: string; displayName: string; operator: boolean } | null;
  /** "courses" | "environments": marks the current entry. */
  section: string;
  title: string;
  /** A sentence to show once at the top, e.g. after signing out. */
  notice: string | null;
};

export type SignInPage = Nav & { error: string | null; name: string; next: string };

export type CourseCard = {
  id: string;
  name: string;
  descriptionHtml: string;
  role: string;
  tasks: number;
  solved: number;
};
export type CoursesPage = Nav & { courses: CourseCard[] };

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
  course: { id: string; name: string; descriptionHtml: string };
  /** Of all of the course; null before the first verdict. */
  grade: number | null;
  /** One without a title where the course has no table of contents. */
  sections: SectionView[];
  /** Shown to teachers and operators only; empty for students. */
  broken: BrokenTaskRow[];
  notices: BrokenTaskRow['problems'];
  staff: boolean;
};

export type ProblemView = {
  id: string;
  name: string;
  headerHtml: string;
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
};
export type TaskPage = Nav & {
  course: { id: string; name: string; href: string };
  task: { id: string; name: string; author: string; contextHtml: string };
  problems: ProblemView[];
  limits: { time: string; memory: string; output: string };
  environment: { name: string; available: boolean; reason: string } | null;
  closed: string | null;
  /** How many submissions are left; null: no limit. */
  allowance: string | null;
  /** Random numbers that the task asks about: to read, and as the form sends them back. */
  numbers: { shown: number[]; sent: string } | null;
  /** Where to ask about this task. */
  contactHref: string | null;
  submitHref: string;
  runs: RunRow[];
  error: string | null;
};

/** One problem's or the whole run's feedback, ready to show. */
export type FeedbackView = {
  textHtml: string;
  problems: { id: string; name: string; result: string | null; html: string }[];
  tests: { name: string; passed: boolean | null; text: string }[];
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
  run: { id: string; state: string; at: string; student: string };
  course: { id: string; name: string; href: string };
  task: { id: string; name: string; href: string };
  /** The answers as submitted: code as text, files by name. */
  answers: { id: string; name: string; text: string; isFile: boolean }[];
  environment: { name: string; runtime: string; reason: string } | null;
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
  /** A newer image that does not grade (yet), in a sentence. */
  update: string | null;
  href: string;
};
export type EnvironmentsPage = Nav & {
  environments: EnvironmentView[];
  engine: { ok: boolean; sentence: string };
  canBuild: boolean;
};
export type EnvironmentPage = Nav & {
  environment: EnvironmentView;
  /** Containers that wait for a submission right now. */
  slots: number;
  tasks: { name: string; href: string }[];
  /** Why an update is due, as far as somebody asked; null: none is known. */
  newer: string | null;
  /** How its image was made, the newest step first; empty for students. */
  layers: LayerView[];
  /** Of those that were built in the browser, for whoever may edit it; newest first. */
  builds: BuildRow[];
  /** For teachers and operators; null for others. */
  revisions: RevisionsView | null;
};
/** Long work on an environment, as its page and the live room show it. */
export type JobView = {
  id: string;
  href: string;
  title: string;
  by: string;
  startedAt: string;
  endedAt: string | null;
  /** "waiting" | "running" | "done" | "failed" | "stopped" */
  state: string;
  /** "good" | "bad" | "warn" | "live": the colour class. */
  tone: string;
  isOver: boolean;
  /** known: there is a total, so there can be a bar that fills. */
  progress: { step: string; done: number; total: number; known: boolean; unit?: 'bytes' } | null;
  /** What it came to, or why it failed. */
  sentence: string | null;
  /** What a failed step printed, below the sentence; "" where there is nothing. */
  details: string;
  /** The environment it made or changed. */
  environment: { name: string; href: string } | null;
};
/** What is said about a Dockerfile as it stands, and what its image would be. */
export type LintView = {
  messages: { line: number; severity: string; tone: string; message: string }[];
  /** "1 error, 2 hints": for a status line. */
  summary: string;
  /** Why it may not have its name; null: it may. */
  refusal: string | null;
  preview: {
    name: string;
    title: string;
    description: string;
    languages: string[];
    aliases: string[];
    image: string;
    runtime: string;
    reason: string;
    needRoot: boolean;
    needGpu: boolean;
  } | null;
};
export type BuildPage = Nav & {
  heading: string;
  dockerfile: string;
  /** The kept build that its other files come from, as the form sends it; null: none. */
  from: string | null;
  /** Files of that build beside the Dockerfile. */
  files: string[];
  templates: { title: string; href: string }[];
  lint: LintView;
  network: boolean;
  limits: { time: string; memory: string; disk: string; context: string };
  error: string | null;
};
/** One build of an environment that was made here. */
export type BuildRow = {
  version: number;
  by: string;
  at: string;
  state: string;
  tone: string;
  sentence: string;
  editHref: string;
  logHref: string;
};
export type JobsPage = Nav & { jobs: JobView[]; canBuild: boolean };
export type JobPage = Nav & { job: JobView; lines: string; next: number; stopHref: string };
export type ErrorPage = Nav & { status: number; message: string; errorId: string | null };
