/** Compares the engine's images with the history: which are gone, which changed, which are new. Pure. */
import type { Presence } from '../../../model/revision.ts';
import type { EnvironmentImage } from '../../discovery/environments-of-images.ts';
import type { Promotion } from '../history.ts';
import { chosenOf } from '../which-revision-grades.ts';
import type { HistoryState, KnownRevision } from './on-engine.ts';
import { isKeptBy } from './revision-tags.ts';

/** The images in an engine now. tags: all references, including those of images that are not environments. */
export type ListedImages = { engine: string; images: readonly EnvironmentImage[]; tags: ReadonlySet<string> };

const idOf = ({ environment }: EnvironmentImage): string => `${environment.name}@${environment.digest}`;

/** An image that only another installation keeps does not count here: it may be removed at any time. */
export const ownImages = (installation: string, images: readonly EnvironmentImage[]): EnvironmentImage[] =>
  images.filter(({ tags, kept }) => tags.length > 0 || kept.some((name) => isKeptBy(installation, name)));

/** Revisions whose image was here at the last look, and is not listed now. */
export function lostOf({ revisions }: Pick<HistoryState, 'revisions'>, { images }: ListedImages) {
  const there = new Set(images.map(idOf));
  return revisions.flatMap((revision) => {
    const { id, presence } = revision;
    return there.has(id) || presence === null || presence === 'gone' ? [] : { ...revision, presence };
  });
}

const isPinned = ({ pins }: Pick<HistoryState, 'pins'>, { name, digest }: KnownRevision): boolean =>
  [...pins.values()].some((pin) => pin.name === name && pin.digest === digest);

/** Whether a lost image gets a kept name, if the engine still has it: its last name went to another image. */
export function isBroughtBack(
  history: Pick<HistoryState, 'pins'>,
  revision: KnownRevision,
  tags: ListedImages['tags'],
): boolean {
  if (isPinned(history, revision)) return true;
  // If no other image has the name, people removed the name, even if another installation keeps the image.
  const isTaken = revision.presence === 'named' && !tags.has(revision.image);
  return revision.promotedAt !== null && !isTaken;
}

/** Giving an image a kept name does not undo that people removed its own name. */
export const presenceOfLost = (presence: Presence, isBack: boolean): Presence =>
  isBack ? (presence === 'removed' ? 'removed' : 'moved') : 'gone';

/** The state of an image now. release: not needed, unless it graded a run; then it is "removed". */
export type ImageChange = { revision: KnownRevision; image: string; presence: Presence | 'release' };

/** The states of all revisions whose image is listed. */
export function changesOf(history: HistoryState, listed: ListedImages): ImageChange[] {
  const known = new Map(history.revisions.map((one) => [one.id, one]));
  return listed.images.flatMap((one) => {
    const revision = known.get(idOf(one));
    if (!revision) return [];
    const { tags } = one;
    const [first = revision.image] = tags;
    const image = tags.includes(revision.image) ? revision.image : first;
    return [{ revision, image, presence: presenceOf(history, revision, tags, listed) }];
  });
}

function presenceOf(
  history: HistoryState,
  revision: KnownRevision,
  tags: readonly string[],
  listed: ListedImages,
): ImageChange['presence'] {
  const { presence, image, name } = revision;
  if (tags.length > 0) return 'named';
  if (presence === 'named') {
    if (listed.tags.has(image)) return 'moved';
    // People removed the name, and gave it to no other image.
    return isPinned(history, revision) ? 'removed' : 'release';
  }
  // A command has recorded that it is about to remove the image.
  if (presence === 'gone') return 'gone';
  if (presence !== 'removed') return 'moved';
  // If people remove an image and build it again, the old one grades until the new one is tested.
  const isReplaced = listed.images.some((one) => one.environment.name === name && one.tags.includes(image));
  return isReplaced ? 'moved' : 'removed';
}

export const isNews = ({ revision, image, presence }: ImageChange): boolean =>
  presence !== revision.presence || image !== revision.image;

/** Images that can grade and that the history does not know yet. */
export function newImagesOf({ revisions }: HistoryState, { images }: ListedImages): EnvironmentImage[] {
  const known = new Set(revisions.map(({ id }) => id));
  return images.filter(
    (one) => one.environment.runtime !== null && one.tags.length > 0 && !known.has(idOf(one)),
  );
}

/** Names whose current revision changes because images came or went. */
export function promotionsOf(history: HistoryState, images: readonly EnvironmentImage[]): Promotion[] {
  const elsewhere = new Set(
    history.revisions.flatMap(({ name, digest, isElsewhere }) => (isElsewhere ? `${name}@${digest}` : [])),
  );
  return [...chosenOf(history, images)].flatMap(([name, digest]) => {
    const seen = history.currents.get(name);
    if (typeof digest !== 'string' || digest === seen?.digest) return [];
    // Another engine still has the current revision: this engine grades with what it has, and records no change.
    if (seen && elsewhere.has(`${name}@${seen.digest}`)) return [];
    const why = seen ? 'The one before was taken out of the engine.' : 'It is the first image of this name.';
    return [{ name, digest, by: null, why, seen }];
  });
}
