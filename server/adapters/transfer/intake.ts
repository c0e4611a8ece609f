/** A store that takes documents in: beside what it holds, until all of them are there and take its place at once. */

import type { CollectionName } from '../../model/collections.ts';
import type { Blobs } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { Mark } from '../documents/mark.ts';
import type { Doc, Pages } from './source.ts';

export type Intake = Pages & {
  /** Of these ids, what came in already, also in an earlier attempt. */
  brought(name: CollectionName, ids: readonly string[]): Promise<Doc[]>;
  /** Inserts, or replaces what has the same id. */
  put(name: CollectionName, docs: readonly Doc[]): Promise<void>;
  remove(name: CollectionName, ids: readonly string[]): Promise<void>;
  /** Kept by content, so that these need no place of their own. */
  blobs: Blobs;
  /** What came in takes the place of what was there; afterwards the mark is gone. */
  swap(): Promise<void>;
  close(): Promise<void>;
};

export type IntakeOptions = {
  /** The command that was interrupted, for the sentence that says how to go on. */
  by: string;
  /** What the store holds may go. */
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
