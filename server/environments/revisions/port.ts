/** The history of an environment: every image that ever was, or may become, the one that grades (decision 0018). */

import type { JobNews } from '../../jobs/port.ts';

/** staged: its samples have not run yet. held: they ran, and not all as expected. retired: it was current once. */
export type RevisionState = 'staged' | 'held' | 'current' | 'retired';

/** How an image came here. found: somebody built or pulled it with the engine itself. */
export type RevisionOrigin = 'found' | 'build' | 'pull' | 'import' | 'update';

export type CaseOutcome = {
  /** null for a sample of the image itself. */
  task: { course: string; task: string } | null;
  sample: string;
  /** One sentence each; empty: as expected. */
  differences: string[];
  verdict: string | null;
  grade: number | null;
  /** What the revision that grades now makes of the same sample, where it was asked; null: not asked. */
  before: { verdict: string; grade: number } | null;
};

export type RevisionTest = { at: string; runtime: string; passed: boolean; cases: CaseOutcome[] };

export type Revision = {
  /** The grading name and the image's id in the engine ("sha256:…"): together they are its id. */
  name: string;
  digest: string;
  /** A reference people know, as it was when it came. */
  image: string;
  state: RevisionState;
  /** ISO 8601, when it came; and when it last became current, by whom (null: Gradeport) and why. */
  at: string;
  promotedAt: string | null;
  promotedBy: string | null;
  why: string;
  /** The name of the user; null where it is not known. */
  by: string | null;
  from: RevisionOrigin;
  test: RevisionTest | null;
  /** Its image is in the engine. */
  here: boolean;
  /** How many stored runs it graded. */
  runs: number;
  /** Tasks that are pinned to it. */
  pinned: { course: string; task: string }[];
};

/** One revision whose image could be thrown away, or why it stays. */
export type PrunePlan = { name: string; digest: string; image: string; remove: boolean; reason: string };

export type GradedRun = {
  run: string;
  course: string;
  task: string;
  /** When it was handed in, ISO 8601. */
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
   * Says who brings an image, before discovery sees it.
   * @param sinceMs or after it did: what came into the history before this instant was here already, and stays as it was
   */
  announce(digest: string, about: { by: string | null; from: RevisionOrigin }, sinceMs?: number): void;
  /**
   * Runs the samples of a revision and of all tasks that use it, and keeps the outcome. One that was staged or held
   * is promoted when they come out as expected, where the configuration says so.
   * @param digest or its beginning, as everywhere below
   */
  test(name: string, digest: string, stopped?: AbortSignal, news?: JobNews): Promise<RevisionTest>;
  /** Makes it the one that grades. Fails with "conflict" when its samples failed and force is not set. */
  promote(name: string, digest: string | null, by: string | null, force?: boolean): Promise<Revision>;
  /** Back to the one before, or to this digest, at once. */
  rollback(name: string, by: string | null, digest?: string): Promise<Revision>;
  /** Has this revision (null: the current one) grade a task, whatever becomes current. */
  pin(task: PinnedTask, digest: string | null, by: string | null): Promise<Revision>;
  /** Whether it was pinned. */
  unpin(task: Omit<PinnedTask, 'environment'>): Promise<boolean>;
  /** What could be thrown away. @param graded also what graded stored runs */
  prunePlan(graded: boolean): Promise<PrunePlan[]>;
  /** Throws these away; what became needed meanwhile stays. Returns what is gone. */
  prune(graded: boolean): Promise<PrunePlan[]>;
  onChange(listener: (name: string) => void): () => void;
};

/** A task with the environment that it asks for. */
type PinnedTask = { course: string; task: string; environment: string };
