/** The history of an environment: every image that has graded, grades, or may grade (decision 0018). */

import type { JobNews } from '../../jobs/port.ts';

/** staged: its samples have not run yet. held: some samples failed. retired: it was current once. */
export type RevisionState = 'staged' | 'held' | 'current' | 'retired';

/** How an image came here. found: it was built or pulled with the engine itself. */
export type RevisionOrigin = 'found' | 'build' | 'pull' | 'import' | 'update';

export type CaseOutcome = {
  /** null: a sample of the image itself. */
  task: { course: string; task: string } | null;
  sample: string;
  /** One sentence each; empty: as expected. */
  differences: string[];
  verdict: string | null;
  grade: number | null;
  /** The outcome of the same sample on the revision that grades now; null: not tried. */
  before: { verdict: string; grade: number } | null;
};

export type RevisionTest = { at: string; runtime: string; passed: boolean; cases: CaseOutcome[] };

export type Revision = {
  /** The grading name and the image's id in the engine ("sha256:…"): together they are its id. */
  name: string;
  digest: string;
  /** A reference that people know, from when the image came. */
  image: string;
  state: RevisionState;
  /** ISO 8601: when the image came, and when it last became current, by whom (null: Gradeport) and why. */
  at: string;
  promotedAt: string | null;
  promotedBy: string | null;
  why: string;
  /** The name of the user; null: unknown. */
  by: string | null;
  from: RevisionOrigin;
  test: RevisionTest | null;
  /** Whether its image is in the engine. */
  here: boolean;
  /** How many stored runs it graded. */
  runs: number;
  /** Tasks that are pinned to it. */
  pinned: { course: string; task: string }[];
};

/** One revision whose image could be removed, or why it stays. */
export type PrunePlan = { name: string; digest: string; image: string; remove: boolean; reason: string };

export type GradedRun = {
  run: string;
  course: string;
  task: string;
  /** When the submission was handed in, ISO 8601. */
  at: string;
  verdict: string | null;
  grade: number | null;
};

export type Revisions = {
  /** Newest first. */
  list(name: string): Promise<Revision[]>;
  /** Stored runs that it graded, newest first. */
  runs(name: string, digest: string, page: { limit: number; skip: number }): Promise<GradedRun[]>;
  /**
   * Records who imports an image, before discovery sees it.
   * @param sinceMs for an image that discovery has seen: entries older than this instant stay as they are
   */
  announce(digest: string, about: { by: string | null; from: RevisionOrigin }, sinceMs?: number): void;
  /**
   * Runs the samples of a revision and of all tasks that use it, and keeps the outcome. One that was staged or held
   * is promoted when they come out as expected, where the configuration says so.
   * @param digest or its beginning, as everywhere below
   */
  test(name: string, digest: string, stopped?: AbortSignal, news?: JobNews): Promise<RevisionTest>;
  /** Makes a revision current. Fails with "conflict" when its samples failed and force is not set. */
  promote(name: string, digest: string | null, by: string | null, force?: boolean): Promise<Revision>;
  /** Goes back at once to the previous revision, or to this digest. */
  rollback(name: string, by: string | null, digest?: string): Promise<Revision>;
  /** Pins a task to this revision (null: the current one), which then grades it even when another becomes current. */
  pin(task: PinnedTask, digest: string | null, by: string | null): Promise<Revision>;
  /** @returns whether the task was pinned */
  unpin(task: Omit<PinnedTask, 'environment'>): Promise<boolean>;
  /** The images that could be removed. @param graded also those that graded stored runs */
  prunePlan(graded: boolean): Promise<PrunePlan[]>;
  /** Removes these images, except those that are needed by now. Returns the removed ones. */
  prune(graded: boolean): Promise<PrunePlan[]>;
  onChange(listener: (name: string) => void): () => void;
};

/** A task with the environment that it asks for. */
type PinnedTask = { course: string; task: string; environment: string };
