/** Describes an image in a registry before anything is downloaded. */
import { GradeportError } from '../../rules/errors.ts';
import { type Announcement, readLabels } from '../discovery/labels.ts';
import { chooseRuntime } from '../discovery/runtimes.ts';
import type { RemoteImage } from './client/client.ts';
import { whyRefused } from './policy.ts';
import { parseReference, type Reference, withDigest, written } from './reference.ts';
import type { SharingDeps } from './sharing-deps.ts';
import { type Trust, trustOf } from './why-trusted.ts';

export type Looked = Pick<RemoteImage, 'digest' | 'id' | 'downloadBytes' | 'created' | 'architecture'> & {
  /** The requested reference, with its tag. */
  reference: string;
  /** The same reference by digest: it always leads to this image. */
  pinned: string;
  layers: number;
  /** null: the image does not announce itself as an environment. */
  environment: Announcement | null;
  /** The runtime that would run it; null: none here can, or it is not an environment. */
  runtime: string | null;
  /** Why this runtime, or why it cannot be used. */
  reason: string;
  /** Whether the engine has exactly this image. */
  here: boolean;
  trust: Trust[];
};

const NO_ENVIRONMENT =
  'It is not an environment: it has no label org.gradeport.grading.name. Images can be built on it.';

/** Fails with "denied", without asking a registry, if the operator's list forbids the image. */
export async function look(deps: SharingDeps, text: string, stopped?: AbortSignal): Promise<Looked> {
  const { reference, remote } = await ask(deps, text, stopped);
  return describe(deps, reference, remote);
}

export async function ask(
  { policy, registry }: SharingDeps,
  text: string,
  stopped?: AbortSignal,
): Promise<{ reference: Reference; remote: RemoteImage }> {
  const reference = parseReference(text.trim());
  const refusal = whyRefused(reference, policy);
  if (refusal !== null) throw new GradeportError('denied', refusal);
  return { reference, remote: await registry.read(reference, stopped) };
}

export async function describe(
  { containers, images, table, policy }: SharingDeps,
  reference: Reference,
  remote: RemoteImage,
): Promise<Looked> {
  const [{ runtimes }, held] = await Promise.all([containers.info(), images.inspect(remote.id)]);
  const environment = readLabels(remote.labels);
  const choice =
    environment === null
      ? { runtime: null, reason: NO_ENVIRONMENT }
      : environment.fault === null
        ? chooseRuntime(environment, runtimes, table)
        : { runtime: null, reason: environment.fault };
  const { digest, id, downloadBytes, created, architecture } = remote;
  return {
    reference: written(reference),
    pinned: withDigest(reference, digest),
    digest,
    id,
    downloadBytes,
    layers: remote.layers.length,
    created,
    architecture,
    environment,
    runtime: choice.runtime,
    reason: choice.reason,
    here: held !== null,
    trust: trustOf(reference, policy, { here: held !== null }),
  };
}
