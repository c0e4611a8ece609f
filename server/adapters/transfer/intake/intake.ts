/** An import into a store: documents are gathered beside what it holds, and replace that at once when all are there. */

import type { CollectionName } from '../../../model/collections.ts';
import type { Blobs } from '../../../ports/store.ts';
import { GradeportError } from '../../../rules/errors.ts';
import type { Mark } from '../../documents/mark.ts';
import type { Doc, Pages } from '../source.ts';

export type Intake = Pages & {
  /** The documents with these ids that were imported already, also in an earlier attempt. */
  brought(name: CollectionName, ids: readonly string[]): Promise<Doc[]>;
  /** Inserts documents, or replaces those with the same id. */
  put(name: CollectionName, docs: readonly Doc[]): Promise<void>;
  remove(name: CollectionName, ids: readonly string[]): Promise<void>;
  /** The store's own blobs: they are named by their content, so imported ones do not disturb others. */
  blobs: Blobs;
  /** Replaces the store's documents by the imported ones, and removes the mark. */
  swap(): Promise<void>;
  close(): Promise<void>;
};

export type IntakeOptions = {
  /** The command that was interrupted, for the sentence that says how to go on. */
  by: string;
  /** Whether documents that the store holds may be replaced. */
  replace: boolean;
  clock?: () => number;
};

/** A command that was killed in its swap finds its own documents when it is run again. */
export const mayReplace = (before: Mark | null, { by, replace }: IntakeOptions): boolean =>
  replace || (before?.phase === 'swap' && before.by === by);

export const notEmpty = (shown: string, name: CollectionName): GradeportError =>
  new GradeportError(
    'conflict',
    `${shown} holds documents already (${name}): name an empty store, or add --replace, which takes them away.`,
  );
