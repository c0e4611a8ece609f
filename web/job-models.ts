/** The models of the pages of builds and other long work; as in view-models.ts everything is text. */
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
  /** known: the total is known, so a bar can show progress. */
  progress: { step: string; done: number; total: number; known: boolean; unit?: 'bytes' } | null;
  /** The job's result, or why it failed. */
  sentence: string | null;
  /** The output of a failed step, below the sentence; "" if there is none. */
  details: string;
  /** The environment that the job made or changed. */
  environment: { name: string; href: string } | null;
};
/** Messages about a Dockerfile as it stands, and facts about its image. */
export type LintView = {
  messages: { line: number; severity: string; tone: string; message: string }[];
  /** "1 error, 2 hints": for a status line. */
  summary: string;
  /** Why the image may not have its name; null: it may. */
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
  /** The kept build whose other files are reused, as the form sends it; null: none. */
  from: string | null;
  /** That build's files beside the Dockerfile. */
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
