/** Imports an environment from a file that another installation wrote. */

import type { JobNews } from '../../jobs/port.ts';
import { GradeportError } from '../../rules/errors.ts';
import { type Announcement, readLabels } from '../discovery/labels.ts';
import { whyRefused } from '../registries/policy.ts';
import { parseReference, withTag } from '../registries/reference.ts';
import type { SharingDeps } from '../registries/sharing-deps.ts';
import { refuseTakenName } from '../registries/taken-names.ts';
import type { Provenance } from './archive-format.ts';
import { repackImageTar } from './image-tar.ts';
import { openArchive, withImage } from './open-archive.ts';
import type { SampleFiles } from './samples-files.ts';

export type ImportRequest = {
  file: string;
  /** A new name for the image; null: it keeps the one it had. */
  tag: string | null;
  /** Import the image even if it is not an environment. */
  any: boolean;
  by: string | null;
};

export type Imported = {
  image: string;
  digest: string;
  environment: Announcement | null;
  provenance: Provenance;
  samples: SampleFiles;
};

export async function importFromFile(
  deps: SharingDeps,
  { file, tag, any, by }: ImportRequest,
  news: JobNews,
  stopped: AbortSignal,
): Promise<Imported> {
  news.progress({ step: 'checking the file', done: 0, total: null });
  const { provenance, samples, image } = await openArchive(file, stopped);
  const environment = readLabels(image.config.labels);
  const name = await nameFor(deps, tag, provenance, environment);
  if ((environment === null || environment.fault !== null) && !any) {
    const why = environment?.fault ?? 'It is not an environment: it has no label org.gradeport.grading.name.';
    throw new GradeportError('conflict', `${file} was not imported. ${why} To import it anyway, add --any.`);
  }
  news.line(
    `${name} from ${provenance.from ?? 'a build'}, exported ${provenance.at} by ${provenance.by ?? 'somebody'}`,
  );
  deps.announce(image.digest, { by, from: 'import' });
  const total = provenance.parts.find((part) => part.name === 'image.tar')?.bytes ?? null;
  const id = await withImage(file, stopped, (source) =>
    deps.transfers.load(repackImageTar(counted(source, news, total)), stopped),
  );
  const held = await deps.images.inspect(id);
  if (!held) throw new GradeportError('internal', `The engine loaded ${id}, and does not show it.`);
  stopped.throwIfAborted();
  await deps.images.tag(held.id, name);
  return { image: name, digest: held.id, environment, provenance, samples };
}

/** An archive could claim the name of a base that everyone builds on: its name must be allowed and free. */
async function nameFor(
  { policy, images }: SharingDeps,
  given: string | null,
  provenance: Provenance,
  environment: Announcement | null,
): Promise<string> {
  const reference = parseReference(given ?? provenance.image);
  // requireDigest is met: the archive's digest has been checked.
  const refusal = whyRefused(reference, { ...policy, requireDigest: false });
  if (refusal !== null) throw new GradeportError('denied', refusal);
  const name = withTag(reference);
  const next = 'Give the new one another name: --tag <name>';
  // A name typed by the user is intended, so it may replace another image, unless this one is an environment.
  const isMeant = given !== null && environment === null;
  if (!isMeant) refuseTakenName(name, await images.inspect(name), environment, next);
  return name;
}

async function* counted(source: AsyncIterable<Uint8Array>, news: JobNews, total: number | null) {
  let done = 0;
  for await (const chunk of source) {
    done += chunk.byteLength;
    news.progress({ step: 'loading the image', done, total, unit: 'bytes' });
    yield chunk;
  }
}
