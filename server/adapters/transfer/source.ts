/** Documents of a store, read page by page in the order of their ids, and its blobs. */

import { type CollectionName, collectionNames, type Documents } from '../../model/collections.ts';
import type { Blobs, Store } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';

export type Doc = Documents[CollectionName];
export type Pages = {
  /** The next documents after this id; none: there are no more. */
  page(name: CollectionName, after: string | null, limit: number): Promise<Doc[]>;
};
export type Source = Pages & { blobs: Blobs; close(): Promise<void> };

/**
 * Documents come before those that they name, so that a reader beside a busy server finds what is named. Runs come
 * before the grades that went out: a grade that is sent twice is harmless, one that is never sent is not.
 */
export const READING_ORDER: readonly CollectionName[] = (() => {
  const first: CollectionName[] = [
    'runs',
    'gradeReturns',
    'sessions',
    'ltiLaunches',
    'settings',
    'teammates',
  ];
  const then: CollectionName[] = ['pins', 'currents', 'submissions', 'groups', 'revisions'];
  const named = [...first, ...then];
  return [...named, ...collectionNames.filter((name) => !named.includes(name))];
})();

export function sourceOf(store: Store): Source {
  return {
    blobs: store.blobs,
    async page(name, after, limit) {
      const filter = after === null ? {} : { id: { $gt: after } };
      return store[name].find(filter, { sort: { id: 1 }, limit }).catch((error: unknown) => {
        throw misfit(error);
      });
    },
    close: () => store.close(),
  };
}

/** Explains a document that does not fit its schema: the operator has to correct it. */
export function misfit(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  const message = `${error.message} "gradeport store check" lists all such documents.`;
  return new GradeportError('internal', message, { cause: error });
}

const FIRST_LIMIT = 100;
const LARGEST_LIMIT = 1000;
/** The size of the documents in memory at the same time, by their length as JSON. */
const PAGE_LENGTH = 4 * 2 ** 20;

/** Every document; pages grow and shrink with the size of what is in them. */
export async function* pagesOf(source: Pages, name: CollectionName): AsyncGenerator<Doc[]> {
  let after: string | null = null;
  let limit = FIRST_LIMIT;
  for (;;) {
    const docs: Doc[] = await source.page(name, after, limit);
    const last = docs.at(-1);
    if (last === undefined) return;
    after = last.id;
    yield docs;
    limit = nextLimit(docs);
  }
}

function nextLimit(docs: readonly Doc[]): number {
  const length = docs.reduce((sum, doc) => sum + JSON.stringify(doc).length, 0);
  const fitting = Math.floor((PAGE_LENGTH * docs.length) / Math.max(1, length));
  return Math.max(1, Math.min(fitting, 2 * docs.length, LARGEST_LIMIT));
}
