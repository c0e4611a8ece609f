/** Imports an image from a registry: inspects it, pulls it by the inspected digest, then gives it its name. */

import type { JobNews } from '../../jobs/port.ts';
import { GradeportError } from '../../rules/errors.ts';
import type { RevisionOrigin } from '../revisions/port.ts';
import { followLayers } from './layer-progress.ts';
import { ask, describe, type Looked } from './look-at-image.ts';
import { type Reference, withDigest, withTag } from './reference.ts';
import { loginFor, type SharingDeps } from './sharing-deps.ts';
import { refuseTakenName } from './taken-names.ts';

export type PullRequest = {
  reference: string;
  /** Pull the image even if it is not an environment, so that others can be built on it. */
  any: boolean;
  by: string | null;
  /** The origin that the history records. */
  from?: Extract<RevisionOrigin, 'pull' | 'update'>;
  /** The digest that the user inspected; another one is refused. */
  expected?: string | null;
};

export type Pulled = Looked & {
  /** The image's name in the engine. */
  image: string;
  /** false: the image was here already. */
  changed: boolean;
};

/** Fails with a sentence. The engine keeps what was downloaded before the failure for the next time. */
export async function pull(
  deps: SharingDeps,
  { reference: text, any, by, from = 'pull', expected = null }: PullRequest,
  news: JobNews,
  stopped: AbortSignal,
): Promise<Pulled> {
  news.progress({ step: 'asking the registry', done: 0, total: null });
  const { reference, remote } = await ask(deps, text, stopped);
  const looked = await describe(deps, reference, remote);
  refuse(looked, any, expected);
  const image = nameFor(reference, remote.digest);
  if (!any) refuseTakenName(image, await deps.images.inspect(image), looked.environment, ANYWAY);
  for (const line of whatItIs(looked)) news.line(line);
  // Announced before the engine reports the image, so that the history records who imported it.
  deps.announce(remote.id, { by, from });
  const source = withDigest(reference, remote.digest);
  const onNews = followLayers(news, 'downloading', remote.layers);
  await deps.transfers.pull(source, await loginFor(deps, reference.host), onNews, stopped);
  const held = await deps.images.inspect(source);
  if (!held) throw new GradeportError('internal', `The engine pulled ${source}, and does not show it.`);
  stopped.throwIfAborted();
  await deps.images.tag(held.id, image);
  if (looked.environment) await deps.untilListed?.(looked.environment.name);
  return { ...looked, image, changed: !looked.here };
}

const ANYWAY = 'Remove that one first, or add --any if the new one should have its name.';

function refuse(
  { environment, reference, reason, digest }: Looked,
  any: boolean,
  expected: string | null,
): void {
  if (expected !== null && expected !== digest) {
    throw new GradeportError(
      'conflict',
      `${reference} has changed since you looked at it. Look again, then pull.`,
    );
  }
  if (environment === null && !any) {
    throw new GradeportError(
      'conflict',
      `${reference} was not pulled. ${reason} To pull it anyway: gradeport env pull --any ${reference}`,
    );
  }
  if (environment !== null && environment.fault !== null && !any) {
    throw new GradeportError(
      'conflict',
      `${reference} is not pulled: it could not grade. ${environment.fault}`,
    );
  }
}

/** A name that never moves, for an image requested by digest alone: "…:pinned-0123456789ab". */
const PINNED = 'pinned-';
const PINNED_DIGITS = 12;
export const isPinnedTag = (tag: string): boolean => /^pinned-[0-9a-f]{12}$/.test(tag);

function nameFor(reference: Reference, digest: string): string {
  if (reference.tag !== null || reference.digest === null) return withTag(reference);
  // Without a name, "docker image prune" would remove the image.
  return withTag({ ...reference, tag: PINNED + digest.replace('sha256:', '').slice(0, PINNED_DIGITS) });
}

/** Lines for a job's log and for the terminal. */
function whatItIs({ environment, reference, pinned, runtime, reason }: Looked): string[] {
  const lines = [`${reference} is ${pinned}`];
  if (environment === null) return [...lines, reason];
  const needs = [environment.needRoot && 'root', environment.needGpu && 'a GPU']
    .filter(Boolean)
    .join(' and ');
  lines.push(`environment "${environment.name}": ${environment.title}`);
  if (needs !== '') lines.push(`needs ${needs}`);
  lines.push(runtime === null ? `cannot be used here: ${reason}` : `runs on ${reason}`);
  return lines;
}

export const pulledSentence = ({ image, environment, runtime, reason, changed }: Pulled): string => {
  const got = changed ? `${image} is here now` : `${image} was here already`;
  if (environment === null) return `${got}. It is not an environment; images can be built on it.`;
  if (runtime === null) return `${got}, but it cannot be used: ${reason}`;
  return `${got} and announces "${environment.name}".`;
};
