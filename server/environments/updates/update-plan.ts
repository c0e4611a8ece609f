/** What an update does, in which order, and why: bases before what is built on them. Pure. */

import type { JobNews } from '../../jobs/port.ts';
import { GradeportError } from '../../rules/errors.ts';

/** pull: from its registry. tag: only a name moves. rebuild: from the Dockerfile that we have. none: we cannot. */
export type UpdateHow = 'pull' | 'tag' | 'rebuild' | 'none';

export type UpdateNode = {
  image: string;
  /** Grading names and other names by which people may request it. */
  names: string[];
  how: UpdateHow;
  /** Images that it is built on. */
  bases: string[];
  /** The action for the image itself, regardless of its bases. */
  outdated: boolean;
  /** Why it is outdated, or why that is unknown, in a sentence. */
  reason: string;
};

export type UpdateStep = Pick<UpdateNode, 'image' | 'names' | 'bases'> & {
  how: Exclude<UpdateHow, 'none'>;
  why: string;
};
export type UpdatePlan = {
  steps: UpdateStep[];
  /** Images that stay as they are although a newer one may exist. */
  left: { image: string; why: string }[];
};

export type KnownStep = UpdateStep & {
  /** The image that was found outdated; null: there was none of this name. */
  id: string | null;
};

export type Updated = {
  done: UpdateStep[];
  failed: { image: string; error: string }[];
  left: UpdatePlan['left'];
};

/** The result of an update in one sentence, successes and failures together. */
export function updatedSentence({ done, failed }: Updated): string {
  if (done.length === 0 && failed.length === 0) return 'Nothing is newer than what is here.';
  const words =
    done.length === 0 ? 'Nothing was updated.' : `Updated ${done.map(({ image }) => image).join(', ')}.`;
  return failed.length === 0 ? words : `${words} Failed: ${failed.map(({ image }) => image).join(', ')}.`;
}

/** Grading names or image names, each with its bases; null: all. */
export type Wanted = readonly string[] | null;

export type Updates = {
  /** Asks the registries, and changes nothing. */
  plan(wanted: Wanted, stopped: AbortSignal): Promise<UpdatePlan>;
  /** The result of the last check of everything, until an update; empty: no check yet. */
  known(): readonly KnownStep[];
  /** Pulls newer images and rebuilds the images built on them. */
  work(wanted: Wanted, by: string | null): (news: JobNews, stopped: AbortSignal) => Promise<Updated>;
};

/** Why an image is outdated, according to the last check; null: nothing is known. */
export const whyNewer =
  ({ known }: Pick<Updates, 'known'>) =>
  ({ image, digest }: { image: string; digest: string }): string | null =>
    // An image pulled or built by hand since is another image, which has not been checked.
    known().find((step) => step.image === image && step.id === digest)?.why ?? null;

export function planUpdate(nodes: readonly UpdateNode[], wanted: Wanted): UpdatePlan {
  const byImage = new Map(nodes.map((node) => [node.image, node]));
  const chosen = wanted === null ? [...nodes] : wanted.map((name) => findNode(nodes, name));
  const plan: UpdatePlan = { steps: [], left: [] };
  const changed = new Map<string, boolean>();

  /** Whether the image will have changed afterwards. */
  const visit = (node: UpdateNode, path: readonly string[]): boolean => {
    const known = changed.get(node.image);
    if (known !== undefined) return known;
    if (path.includes(node.image)) {
      throw new GradeportError(
        'conflict',
        `${[...path, node.image].join(' → ')}: built on each other in a circle.`,
      );
    }
    const bases = node.bases.flatMap((base) => byImage.get(base) ?? []);
    const fresh = bases.filter((base) => visit(base, [...path, node.image]));
    const isDue = node.outdated || fresh.length > 0;
    const why = node.outdated ? node.reason : `${fresh.map(({ image }) => image).join(', ')} changes.`;
    if (isDue && node.how !== 'none') {
      const { image, names, bases, how } = node;
      plan.steps.push({ image, names, bases, how, why });
    } else if (isDue || node.reason !== '') {
      plan.left.push({
        image: node.image,
        why: fresh.length > 0 ? `${why} ${node.reason}`.trim() : node.reason,
      });
    }
    changed.set(node.image, isDue && node.how !== 'none');
    return isDue && node.how !== 'none';
  };
  for (const node of chosen) visit(node, []);
  return plan;
}

function findNode(nodes: readonly UpdateNode[], name: string): UpdateNode {
  const found = nodes.find(
    ({ names, image }) => names.includes(name) || image === name || image === `${name}:latest`,
  );
  if (found) return found;
  throw new GradeportError(
    'not-found',
    `There is nothing to update by the name "${name}": it comes from no registry, and no Dockerfile of it is kept here. What "gradeport env build <folder>" made is built anew by the same command.`,
  );
}
