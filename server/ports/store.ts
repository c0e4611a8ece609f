/** The store: collections of JSON documents and a blob store. The only truth about submissions and runs. */
import type { CollectionName, Documents } from '../model/collections.ts';

export type Scalar = string | number | boolean | null;
/** A small subset of MongoDB's language; keys may be dotted paths to single values, since MongoDB looks into lists. */
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
  /** Paths with 1 (ascending) or -1 (descending), the most important first. */
  sort?: Readonly<Record<string, 1 | -1>>;
  limit?: number;
  skip?: number;
};

export type PluckOptions = FindOptions & {
  /** The reader needs nothing else that a batch wrote with these documents, so an index alone may answer. */
  alone?: boolean;
};

type WriteOptions = {
  /**
   * True: until settled() or a later write resolves, a loss of power may undo this write completely. It saves a wait
   * for the disk.
   */
  mayBeLost?: boolean;
};

export type Collection<T extends { id: string }> = {
  /** Fails with code "conflict" when the id, or a unique index, is taken. */
  insert(doc: T, options?: WriteOptions): Promise<void>;
  get(id: string): Promise<T | null>;
  find(filter: Filter, options?: FindOptions): Promise<T[]>;
  findOne(filter: Filter, options?: FindOptions): Promise<T | null>;
  /** Compare-and-set: changes one document that matches, in one step, and returns the changed document. */
  update(filter: Filter, change: Change, options?: WriteOptions): Promise<T | null>;
  /**
   * Changes every match and returns how many. Refused as a whole when a match cannot take the change. If another
   * process writes meanwhile, or this one ends, some may be changed and others not: ask again.
   */
  updateMany(filter: Filter, change: Change): Promise<number>;
  /** Removes every match; returns how many. */
  remove(filter: Filter): Promise<number>;
  count(filter: Filter): Promise<number>;
  /** Reads only the values of some paths (true is 1), a row for each match; if an index has them all, no document is read. */
  pluck(
    paths: readonly string[],
    filter: Filter,
    options?: PluckOptions,
  ): Promise<(string | number | null)[][]>;
  /** Counts the documents for each value of a path. */
  group(path: string, filter: Filter): Promise<Map<string, number>>;
};

/** Content-addressed bytes: the key is the SHA-256 of the content, in hex. */
export type Blobs = {
  put(content: Uint8Array): Promise<string>;
  /** Fails with code "not-found". */
  get(key: string): Promise<Buffer>;
  /** Lists all blobs in the order of their keys; size in bytes. */
  list(): AsyncIterable<{ key: string; size: number }>;
  /** Removes a blob; false: there is none. */
  remove(key: string): Promise<boolean>;
};

/**
 * A step of a batch. The first one may have preconditions: its id and unique keys are free, or its document meets
 * `where`. The later ones have none: an insert whose id is taken and a change of a missing document do nothing.
 */
export type Step = {
  [N in CollectionName]:
    | { collection: N; insert: Documents[N] }
    | { collection: N; id: string; change: Change; where?: Filter };
}[CollectionName];
export type Steps = readonly [Step, ...Step[]];

/** A document, and the one that it names. */
export type Linked<A, B> = { doc: A; linked: B | null };

export type Store = { readonly [N in CollectionName]: Collection<Documents[N]> } & {
  blobs: Blobs;
  /**
   * Does all steps or none; false when the first one's document does not meet its `where`. Readers find what the later
   * steps write only after what the earlier ones wrote, and a reader of the first document may rely on the rest. The
   * first collection is one that leads; the later ones have no unique key beside the id, or leave a sparse one out.
   * Fails with "conflict" as insert does.
   */
  batch(steps: Steps, options?: WriteOptions): Promise<boolean>;
  /** Reads a document and the one whose id is at its path `by`, in one round trip; null: the first is missing. */
  getWith<A extends CollectionName, B extends CollectionName>(of: {
    from: A;
    id: string;
    by: string;
    to: B;
  }): Promise<Linked<Documents[A], Documents[B]> | null>;
  /**
   * The same store, with calls that wait while the database is away, until the signal is aborted: for background work
   * whose result must not be lost. Other calls fail with "store-away" after a few seconds.
   */
  patient(until: AbortSignal): Store;
  /** Settles once everything that was written before is on disk. */
  settled(): Promise<void>;
  /** Calls the listener within a second after another process changed something. Returns a function that stops it. */
  onForeignChange(listener: () => void): () => void;
  close(): Promise<void>;
};
