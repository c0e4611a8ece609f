/** What the page of an environment gets of its history. As in view-models.ts, everything is text. */
export type TestedView = { at: string; text: string; tone: string; shortDigest: string };
/** A sample that came out otherwise than it must. before: what the revision that grades made of it. */
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
  /** Changed samples that are not listed: too many, and those of courses that this user does not teach. */
  more: number;
  hidden: number;
  /** Stored runs that it graded. */
  runs: number;
  here: boolean;
  pinned: string[];
  canTest: boolean;
  canPromote: boolean;
  needsForce: boolean;
  canRollBack: boolean;
  canPin: boolean;
  /** Of the environment's page: the forms' addresses begin so. */
  href: string;
};
/** tasks: "course/task", those that can be pinned. */
export type RevisionsView = { list: RevisionView[]; tasks: string[] };
