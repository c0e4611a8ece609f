/** Looks up revisions and their details, for all verbs. */

import type { Run } from '../../model/collections.ts';
import type { Pin } from '../../model/revision.ts';
import type { Store } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { Environment } from '../discovery/environment.ts';
import { findRevision } from './find-revision.ts';
import type { History } from './history.ts';
import type { ImagesHere } from './images/images-here.ts';
import type { KnownRevision } from './images/on-engine.ts';
import { shortDigest } from './images/revision-tags.ts';
import type { GradedRun, Revision } from './port.ts';
import { stateOf } from './which-revision-grades.ts';

export type LookupDeps = {
  store: Pick<Store, 'runs'>;
  history: History;
  environments: ImagesHere;
};

/** An environment's revisions, and its current one, at the time of the request. */
export type FoundRevisions = {
  name: string;
  own: KnownRevision[];
  seen: { digest: string; serial: number } | undefined;
};

export type RevisionLookup = ReturnType<typeof createLookup>;

export function createLookup({ store, history, environments }: LookupDeps) {
  /** @param given a grading name or an alias */
  async function of(given: string): Promise<FoundRevisions> {
    const { revisions, currents } = await history.reload();
    const isKnown = revisions.some((one) => one.name === given);
    const name = isKnown ? given : (environments.find(given)?.name ?? given);
    const own = revisions.filter((one) => one.name === name);
    if (own.length > 0) return { name, own, seen: currents.get(name) };
    throw new GradeportError(
      'not-found',
      `There is no environment "${given}" with a history; "gradeport env list" shows what there is.`,
    );
  }

  const currentOf = (name: string): string | undefined => history.state().currents.get(name)?.digest;

  async function imageOf({ name, digest, image }: KnownRevision): Promise<Environment> {
    // A revision recorded a moment ago may not be in the list yet.
    if (environments.revision(digest) === null) await environments.refresh();
    const found = environments.revision(digest);
    if (found) return found;
    const sentence = `Revision ${shortDigest(digest)} of "${name}" (${image}) is not in the engine any more: build or pull it again.`;
    throw new GradeportError('conflict', sentence);
  }

  async function usable(revision: KnownRevision): Promise<Environment> {
    const image = await imageOf(revision);
    if (image.runtime !== null) return image;
    throw new GradeportError(
      'conflict',
      `Revision ${shortDigest(image.digest)} of "${image.name}" cannot be used: ${image.reason}`,
    );
  }

  async function describe(revisions: readonly KnownRevision[]): Promise<Revision[]> {
    const digests = revisions.map(({ digest }) => digest);
    const runs = await store.runs.group('environment.digest', { 'environment.digest': { $in: digests } });
    const pins = [...history.state().pins.values()];
    return revisions.map((one) =>
      asShown(one, {
        current: currentOf(one.name),
        isHere: environments.revision(one.digest) !== null,
        runs: runs.get(one.digest) ?? 0,
        pins,
      }),
    );
  }

  async function described(name: string, digest: string): Promise<Revision> {
    const [revision] = await describe(
      history.state().revisions.filter((one) => one.name === name && one.digest === digest),
    );
    if (revision) return revision;
    throw new GradeportError('internal', `Revision ${digest} of "${name}" left the history meanwhile.`);
  }

  async function runs(
    given: string,
    digest: string,
    page: { limit: number; skip: number },
  ): Promise<GradedRun[]> {
    const { name, own } = await of(given);
    const revision = findRevision(own, name, digest);
    const filter = { 'environment.digest': revision.digest };
    const found = await store.runs.find(filter, { sort: { queuedAt: -1 }, ...page });
    return found.map(gradedRun);
  }

  return { runs, of, currentOf, imageOf, usable, describe, described };
}

type Around = { current: string | undefined; isHere: boolean; runs: number; pins: readonly Pin[] };

function asShown(one: KnownRevision, { current, isHere, runs, pins }: Around): Revision {
  const { name, digest } = one;
  return {
    name,
    digest,
    image: one.image,
    state: stateOf(one, current),
    at: one.at,
    by: one.by,
    from: one.from,
    test: one.test,
    promotedAt: one.promotedAt,
    promotedBy: one.promotedBy,
    why: one.why,
    here: isHere,
    runs,
    pinned: pins
      .filter((pin) => pin.name === name && pin.digest === digest)
      .map(({ course, task }) => ({ course, task })),
  };
}

const gradedRun = ({ id, course, task, queuedAt, outcome }: Run): GradedRun => ({
  run: id,
  course,
  task,
  at: queuedAt,
  verdict: outcome?.verdict ?? null,
  grade: outcome?.grade ?? null,
});
