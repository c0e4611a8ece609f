/** An environment's history as its page shows it. As in view-models.ts, everything is text. */
export type TestedView = { at: string; text: string; tone: string; shortDigest: string };
/** A sample with an unexpected result. before: its result with the revision that grades now. */
export type CaseView = {
  where: string;
  sample: string;
  before: string | null;
  now: string;
  differences: string[];
};
export type RevisionView = {
  label: string;
  tone: string;
  digest: string;
  shortDigest: string;
  image: string;
  at: string;
  /** "built here by ada" */
  came: string;
  promotedAt: string | null;
  promotion: string;
  tested: TestedView | null;
  changed: CaseView[];
  /** Changed samples that are not listed: too many, or in courses that this user does not teach. */
  more: number;
  hidden: number;
  /** Stored runs that this revision graded. */
  runs: number;
  here: boolean;
  pinned: string[];
  canTest: boolean;
  canPromote: boolean;
  needsForce: boolean;
  canRollBack: boolean;
  canPin: boolean;
  /** The address of the environment's page, with which the addresses of its forms begin. */
  href: string;
};
/** tasks: the "course/task" names that can be pinned. */
export type RevisionsView = { list: RevisionView[]; tasks: string[] };
