/** The store: collections of JSON documents and a blob store. The only truth about submissions and runs. */
import type {
  Current,
  Group,
  Pin,
  Run,
  Session,
  StoredRevision,
  StudentSettings,
  Submission,
  Teammate,
  User,
} from './collections.ts';
import type { GradeReturn, LtiLaunch, LtiNonce } from './lti.ts';

type Scalar = string | number | boolean | null;
/** A small subset of MongoDB's language; keys may be dotted paths. */
export type Condition =
  | Scalar
  | { $in: readonly Scalar[] }
  | { $ne: Scalar }
  | { $exists: boolean }
  | { $gt?: number | string; $gte?: number | string; $lt?: number | string; $lte?: number | string };
export type Filter = { readonly [path: string]: Condition };
export type Change = {
  $set?: { readonly [path: string]: unknown };
  $unset?: { readonly [path: string]: true };
  $inc?: { readonly [path: string]: number };
};
export type FindOptions = {
  /** Paths with 1 (ascending) or -1 (descending), in order of weight. */
  sort?: Readonly<Record<string, 1 | -1>>;
  limit?: number;
  skip?: number;
};

export type WriteOptions = {
  /**
   * True: until settled() or a later write resolves, a loss of power undoes it, as if it had not been asked for.
   * It saves a wait for the disk.
   */
  mayBeLost?: boolean;
};

export type Collection<T extends { id: string }> = {
  /** Fails with code "conflict" when the id, or a unique index, is taken. */
  insert(doc: T, options?: WriteOptions): Promise<void>;
  get(id: string): Promise<T | null>;
  find(filter: Filter, options?: FindOptions): Promise<T[]>;
  findOne(filter: Filter, options?: FindOptions): Promise<T | null>;
  /** Compare-and-set: changes one document that matches, in one step, and returns it as it is then. */
  update(filter: Filter, change: Change, options?: WriteOptions): Promise<T | null>;
  updateMany(filter: Filter, change: Change): Promise<number>;
  /** Removes every match; returns how many. */
  remove(filter: Filter): Promise<number>;
  count(filter: Filter): Promise<number>;
  /** The values of some paths only, a row for each match; where an index has them all, no document is read. */
  pluck(
    paths: readonly string[],
    filter: Filter,
    options?: FindOptions,
  ): Promise<(string | number | null)[][]>;
  /** How many documents have each value of a path. */
  group(path: string, filter: Filter): Promise<Map<string, number>>;
};

/** Content-addressed bytes: the key is the SHA-256 of the content, in hex. */
export type Blobs = {
  put(content: Uint8Array): Promise<string>;
  /** Fails with code "not-found". */
  get(key: string): Promise<Buffer>;
};

export type Store = {
  users: Collection<User>;
  sessions: Collection<Session>;
  submissions: Collection<Submission>;
  runs: Collection<Run>;
  /** Who hands in together, and who did. */
  groups: Collection<Group>;
  teammates: Collection<Teammate>;
  /** Images that grade, did, or may; which one of a name does; and tasks that have one of their own. */
  revisions: Collection<StoredRevision>;
  currents: Collection<Current>;
  pins: Collection<Pin>;
  settings: Collection<StudentSettings>;
  /** Who came from a learning platform, and the grades that it is to get. */
  ltiNonces: Collection<LtiNonce>;
  ltiLaunches: Collection<LtiLaunch>;
  gradeReturns: Collection<GradeReturn>;
  blobs: Blobs;
  /** Once everything that was written before is on disk. */
  settled(): Promise<void>;
  /** Told within a second that another process changed something, but not what; returns the way to stop. */
  onForeignChange(listener: () => void): () => void;
  close(): Promise<void>;
};
