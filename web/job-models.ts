/** What the pages of builds and other long work get; as in view-models.ts everything is text. */
import type { Nav } from './nav.ts';

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
