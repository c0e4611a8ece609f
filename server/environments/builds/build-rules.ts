/** Who may build, what an image would be, and whether the built image is what was planned. Pure. */
import { type Actor, can } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { type Announcement, readLabels } from '../discovery/labels.ts';
import { chooseRuntime, type RuntimeTable } from '../discovery/runtimes.ts';
import { hasErrors, type Lint } from './dockerfile/lint.ts';
import { localImage } from './local-image-name.ts';
import type { BuildConfig } from './source/build-config.ts';

/** What an image would be, known before it is built. */
export type Preview = { announces: Announcement; image: string; runtime: string | null; reason: string };
/** refusal: why this user may not take its names, in a sentence. */
export type Checked = { lint: Lint; preview: Preview | null; refusal: string | null };

/** Fails with "denied" for an actor who may not build here. */
export function requireBuilder(actor: Actor, { teachers }: Pick<BuildConfig, 'teachers'>): void {
  if (can(actor, 'operate', null)) return;
  if (!can(actor, 'build-environments', null)) {
    throw new GradeportError('denied', 'Environments are built by teachers and operators.');
  }
  if (!teachers) {
    throw new GradeportError('denied', 'On this installation only operators build environments.');
  }
}

/** null: the image announces no environment. */
export function previewOf(
  { announces }: Pick<Lint, 'announces'>,
  installed: readonly string[],
  table: RuntimeTable,
): Preview | null {
  if (!announces) return null;
  const { fault, name } = announces;
  const { runtime, reason } =
    fault === null ? chooseRuntime(announces, installed, table) : { runtime: null, reason: fault };
  return { announces, image: localImage(name), runtime, reason };
}

/** Buildable: the image announces an environment, has no fault, and its names are free for this actor. */
export const buildable = ({ lint, preview, refusal }: Checked): Preview | null =>
  preview !== null && refusal === null && !hasErrors(lint) ? preview : null;

/**
 * What a built image announces. Fails with "conflict" when its name is not the one that the lint read in the
 * Dockerfile; such an image gets no name.
 */
export function announcedAs(name: string, labels: Readonly<Record<string, string>>): Announcement {
  const announced = readLabels(labels);
  if (announced?.name === name) return announced;
  throw new GradeportError(
    'conflict',
    `Its labels say another name than the Dockerfile: "${announced?.name ?? ''}". Write the label out.`,
  );
}

type Ended = { state: 'failed' | 'stopped'; sentence: string };

/** How a build ended that made no image. */
export function endOf(error: unknown, isStopped: boolean): Ended {
  if (isStopped) return { state: 'stopped', sentence: 'It was stopped.' };
  const sentence =
    error instanceof GradeportError ? error.message : 'It failed because of a fault in Gradeport.';
  return { state: 'failed', sentence };
}

/** A job that is stopped while it waits never ran, so it recorded nothing. */
export const NOT_BEGUN: Ended = { state: 'stopped', sentence: 'It was stopped before it began.' };
