/** The shapes of everything that is stored, and the indexes that its readers need. Written once, for every store. */
import { z } from 'zod';
import { MEASURES } from '../../grading-api/protocol.ts';
import { reportSchema } from '../../grading-api/report.ts';
import { VERDICTS } from '../rules/verdict.ts';
import { WAYS } from '../rules/ways.ts';
import { instant } from './instant.ts';
import { gradeReturnSchema, ltiFieldsSchema, ltiLaunchSchema, ltiNonceSchema } from './lti.ts';
import { groupSchema, settingsSchema, settingsValues, teammateSchema, teamSchema } from './membership.ts';
import { reportHtmlSchema } from './report-html.ts';
import { currentSchema, pinSchema, storedRevisionSchema } from './revision.ts';

export const ROLES = ['teacher', 'student'] as const;
export type Role = (typeof ROLES)[number];

export const userSchema = z.object({
  id: z.string(),
  /** Sign-in name, unique, lower case. */
  name: z.string(),
  displayName: z.string(),
  /** From an operator or a learning platform; courses may admit users by it, and graders get it. */
  email: z.string().optional(),
  passwordHash: z.string(),
  operator: z.boolean(),
  /** Role in each course, by course id. */
  roles: z.record(z.string(), z.enum(ROLES)),
  /** Courses that the user left on their own, and when: they may come back. */
  left: z.record(z.string(), instant).optional(),
  createdAt: instant,
  /** Since when signing in asks for a second factor, too. */
  secondFactor: instant.optional(),
  /**
   * Team → its group, for every team with this user that handed something in. A request reads its user anyway, so
   * finding the user's runs costs no extra look-up.
   */
  teams: z.record(z.string(), z.string()).optional(),
  /** The user's id on the learning platform that sent them, for one course and one of its keys. */
  lti: z.object({ course: z.string(), key: z.string(), userId: z.string() }).optional(),
});
export type User = z.infer<typeof userSchema>;

const sessionSchema = z.object({
  /** SHA-256 of the cookie's token: a stolen store opens no session. */
  id: z.string(),
  userId: z.string(),
  createdAt: instant,
  expiresAt: instant,
  /** The browser as it calls itself, and its network: for the user's own list. Older sessions have none. */
  agent: z.string().optional(),
  from: z.string().optional(),
});

/** Kept apart from the account, which every request reads and many answers show. */
const secondFactorSchema = z.object({
  /** The user's. */
  id: z.string(),
  /** In base32. The server computes codes with it, so it cannot be a hash. */
  secret: z.string(),
  /** false: no code of it was typed yet. */
  isOn: z.boolean(),
  /** The half minute of the last code that was taken: no earlier one is. */
  lastStep: z.int(),
  /** SHA-256 of the recovery codes that are left. */
  recovery: z.array(z.string()),
  /** How many of them were used: a code that is sent twice at once is taken once. */
  uses: z.int(),
});

/** An uploaded file as the store keeps it: the bytes are a blob. */
const storedFileSchema = z.object({ filename: z.string(), blob: z.string(), size: z.int() });
export type StoredFile = z.infer<typeof storedFileSchema>;

const answerSchema = z.union([z.string(), z.array(z.string()), storedFileSchema]);
export type Answer = z.infer<typeof answerSchema>;

export type Group = z.infer<typeof groupSchema>;
export type Teammate = z.infer<typeof teammateSchema>;
export type Team = z.infer<typeof teamSchema>;

/** The bundles that a run is graded with: those of the task's folder, and of what its course shares with all graders. */
const bundlesSchema = z.object({
  task: z.string(),
  /** null: the course shared nothing. Absent: it was too large to keep, so grading uses the course's present files. */
  common: z.string().nullable().optional(),
});
export type Bundles = z.infer<typeof bundlesSchema>;

export const submissionSchema = z.object({
  id: z.string(),
  course: z.string(),
  task: z.string(),
  /** The owner: a user's id or, if there is a team, the team's. */
  userId: z.string(),
  team: teamSchema.optional(),
  at: instant,
  /** Problem id → answer. */
  answers: z.record(z.string(), answerSchema),
  /** How many submissions of this user or group to this task came before. */
  attempt: z.int(),
  /** The environment that the student chose, where the task lets them. */
  environment: z.string().max(200).optional(),
  /** The language that the student read the task in. */
  lang: z.string().max(20).optional(),
  /** The student's "@random" numbers: a regrade gets the same ones, even if the task has changed. */
  random: z.array(z.number()).optional(),
  /** What the submitting student had entered in the course about themselves. */
  settings: settingsValues.optional(),
  /** The fields of the learning platform that sent the student to this task: "@lti_…" without the prefix. */
  lti: ltiFieldsSchema.optional(),
  /** The task as it was then. Absent (older submissions, large tasks): grading uses the task as it is. */
  bundles: bundlesSchema.optional(),
});
export type Submission = z.infer<typeof submissionSchema>;

/** What graded a run; null digest and image where no container was needed (quizzes). */
export const gradedBySchema = z.object({
  name: z.string(),
  image: z.string().nullable(),
  digest: z.string().nullable(),
  runtime: z.string().nullable(),
  reason: z.string(),
  /** How its containers were started, and why so; older runs have none. */
  way: z.object({ name: z.enum(WAYS), reason: z.string() }).optional(),
});
export type GradedBy = z.infer<typeof gradedBySchema>;

/** Text that a program printed: its beginning, its end, and how many bytes lie between. */
const outputSchema = z.object({ head: z.string(), tail: z.string(), omittedBytes: z.int() });
export type Output = z.infer<typeof outputSchema>;

const usedSchema = z.object({
  cpuMs: z.number(),
  wallMs: z.number(),
  memoryBytes: z.number(),
  outputBytes: z.number(),
});
/**
 * ms. start: until the grader could begin; grader: from there to the last word about it; program: what the agent
 * says its program took, a part of grader (0 where there was none).
 */
const timingsSchema = z.object({
  startMs: z.number(),
  graderMs: z.number(),
  programMs: z.number().default(0),
  totalMs: z.number(),
});

export const outcomeSchema = z.object({
  verdict: z.enum(VERDICTS),
  result: z.string(),
  grade: z.number(),
  /** One sentence for the student. */
  summary: z.string(),
  report: reportSchema,
  /** The report's texts as they are shown: rendered once, when the run ended. Older runs have none. */
  html: reportHtmlSchema.optional(),
  /** For teachers: why the grader crashed, and its error output. */
  details: z.string(),
  /**
   * The answer holds code or a file, and no student container was used: if the grader ran it, it did so in its own
   * container. A grader that only reads the answer is marked so, too.
   */
  sharedContainer: z.boolean().default(false),
  output: outputSchema,
  timings: timingsSchema,
  used: usedSchema,
  /** What the machine did not count: its figures in `used` say nothing. Absent: all was counted. */
  uncounted: z.array(z.enum(MEASURES)).optional(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** How much one user has stored, by the user's id. */
const amountSchema = z.object({ id: z.string(), bytes: z.int() });

export const RUN_STATES = ['queued', 'running', 'done'] as const;

export const runSchema = z.object({
  id: z.string(),
  submission: z.string(),
  course: z.string(),
  task: z.string(),
  /** The owner: that of the submission, but for a debug run the teacher. */
  userId: z.string(),
  team: teamSchema.optional(),
  /** Requested by a teacher, with the grader's "debug" set; it does not count for the student. */
  debug: z.boolean().optional(),
  /** The bundles of the run's submission. */
  bundles: bundlesSchema.optional(),
  state: z.enum(RUN_STATES),
  /** Owner and task, until the run is done: unique, so that an owner has at most one open run of a task. */
  openKey: z.string().optional(),
  /** Grows with every claim; a result is stored only if it still matches (fencing). */
  attempt: z.int(),
  /** How often grading failed through our fault; after a few failures it is given up with a system-error. */
  failures: z.int(),
  queuedAt: instant,
  startedAt: instant.nullable(),
  doneAt: instant.nullable(),
  environment: gradedBySchema.nullable(),
  outcome: outcomeSchema.nullable(),
});
export type Run = z.infer<typeof runSchema>;

/** sparse: documents without its path are not in it; other unique paths are in every document. */
type IndexSpec = { paths: readonly string[]; unique?: true; sparse?: true };
/** leads: the first step of a batch may be in this collection; its readers look for unfinished batches. */
type CollectionSpec = { schema: z.ZodObject; indexes: readonly IndexSpec[]; leads?: true };
const JUDGED = ['outcome.verdict', 'outcome.grade'];
export const collections = {
  users: { schema: userSchema, indexes: [{ paths: ['name'], unique: true }] },
  sessions: { schema: sessionSchema, indexes: [{ paths: ['userId'] }, { paths: ['expiresAt'] }] },
  secondFactors: { schema: secondFactorSchema, indexes: [] },
  submissions: {
    schema: submissionSchema,
    indexes: [
      { paths: ['course', 'task', 'userId', 'at'] },
      // Whether a bundle is still needed.
      { paths: ['bundles.task'] },
      { paths: ['bundles.common'] },
    ],
    // Versions up to 0.2 began a submission here: batches that they left unfinished are still finished.
    leads: true,
  },
  groups: { schema: groupSchema, indexes: [{ paths: ['course'] }] },
  teammates: {
    schema: teammateSchema,
    indexes: [{ paths: ['userId', 'team'] }, { paths: ['group', 'team'] }],
  },
  settings: { schema: settingsSchema, indexes: [{ paths: ['userId', 'course'] }] },
  runs: {
    schema: runSchema,
    leads: true,
    indexes: [
      { paths: ['openKey'], unique: true, sparse: true },
      { paths: ['state', 'queuedAt'] },
      { paths: ['submission'] },
      { paths: ['course', 'task', 'userId', 'queuedAt'] },
      { paths: ['course', 'task', 'userId', 'state', 'queuedAt'] },
      // These two have all that lists show of many runs: no report is read for them, however large it is.
      { paths: ['course', 'userId', 'task', 'queuedAt', 'state', ...JUDGED, 'submission'] },
      { paths: ['submission', 'queuedAt', 'state', ...JUDGED, 'outcome.result', 'debug'] },
      { paths: ['userId', 'course', 'task', 'queuedAt'] },
      { paths: ['userId', 'queuedAt'] },
      // Finds the runs of a group, in whichever team.
      { paths: ['team.group', 'queuedAt'] },
      // Finds the runs that an image graded: asked before the image is removed.
      { paths: ['environment.digest', 'queuedAt'] },
      // For an environment's plots: the index alone answers them.
      { paths: ['environment.name', 'doneAt', 'queuedAt'] },
    ],
  },
  revisions: { schema: storedRevisionSchema, indexes: [{ paths: ['name', 'at'] }] },
  currents: { schema: currentSchema, indexes: [], leads: true },
  pins: { schema: pinSchema, indexes: [] },
  amounts: { schema: amountSchema, indexes: [] },
  ltiNonces: { schema: ltiNonceSchema, indexes: [{ paths: ['expiresAt'] }] },
  ltiLaunches: { schema: ltiLaunchSchema, indexes: [{ paths: ['userId'] }] },
  gradeReturns: {
    schema: gradeReturnSchema,
    indexes: [{ paths: ['state', 'nextAt'] }, { paths: ['submission'] }],
  },
} as const satisfies Record<string, CollectionSpec>;

export type CollectionName = keyof typeof collections;
export type Documents = { [N in CollectionName]: z.infer<(typeof collections)[N]['schema']> };
export const collectionNames = Object.keys(collections) as CollectionName[];
