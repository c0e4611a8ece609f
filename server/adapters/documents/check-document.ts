/** Checks documents against their schema, and words the refusals that all stores share. */
import { z } from 'zod';
import { type CollectionName, collections } from '../../model/collections.ts';
import type { Change, Step, Steps } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';

/** @throws TypeError that names the document and the field: a mistake in our code, or a damaged document */
export function checkDocument<T>(place: string, schema: z.ZodType<T>, doc: unknown): T {
  const result = schema.safeParse(doc);
  if (result.success) return result.data;
  const message = `The document ${place} does not fit its schema: ${z.prettifyError(result.error)}`;
  throw new TypeError(message, { cause: result.error });
}

/** @param paths of the unique index that refused it; none: the id is taken */
export function taken(
  collection: string,
  paths: readonly string[] | undefined,
  cause: unknown,
): GradeportError {
  const what = (paths ?? ['id']).join(' and ');
  const message = `The ${what} is taken already in ${collection}: choose another.`;
  return new GradeportError('conflict', message, { cause });
}

/** Refuses a batch that could end half done on any store, whichever store this is. */
export function checkSteps([first, ...later]: Steps): void {
  const lead = collections[first.collection];
  if (!('leads' in lead))
    throw new TypeError(`A batch cannot begin in ${first.collection}: it is not a collection that leads.`);
  for (const step of later) checkLater(step);
}

function checkLater(step: Step): void {
  const { collection } = step;
  if ('where' in step) throw new TypeError('Only the first step of a batch has preconditions.');
  if (mayBeTaken(step))
    throw new TypeError(`A later step cannot write to ${collection}: a unique key of it could refuse.`);
  if ('change' in step) checkMembers(collection, step.change);
}

/** Whether a unique key other than the id could refuse a step. A sparse key does not, where its path is left out. */
function mayBeTaken(step: Step): boolean {
  const written: object = 'insert' in step ? step.insert : (step.change.$set ?? {});
  const indexes: readonly { paths: readonly string[]; unique?: true; sparse?: true }[] =
    collections[step.collection].indexes;
  return indexes.some(
    ({ paths, unique, sparse }) =>
      unique && !(sparse && paths.every((path) => !Object.hasOwn(written, path))),
  );
}

/** Whether a path through a member can be changed depends on the document; a later step must not fail. */
function checkMembers(collection: CollectionName, { $set = {}, $unset = {}, $inc = {} }: Change): void {
  const { shape } = collections[collection].schema;
  for (const path of [$set, $unset, $inc].flatMap((part) => Object.keys(part))) {
    if (!Object.hasOwn(shape, path) || path === 'id')
      throw new TypeError(`A later step changes whole members: "${path}" is none of ${collection}.`);
  }
}

/** Two changes of one path have no order: MongoDB refuses them, and so do we. */
export function refuseOverlap(paths: readonly string[]): void {
  const sorted = paths.map((path) => `${path}.`).toSorted();
  const clash = sorted.find((path, index) => sorted[index + 1]?.startsWith(path));
  if (clash) throw new TypeError(`Two changes of "${clash.slice(0, -1)}" at once.`);
}
