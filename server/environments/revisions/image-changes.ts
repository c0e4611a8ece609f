/** What the images in the engine mean for the history: which have gone, which changed, which are new. Pure. */
import type { Presence } from '../../model/revision.ts';
import type { EnvironmentImage } from '../discovery/environments-of-images.ts';
import type { Promotion } from './history.ts';
import type { HistoryState, KnownRevision } from './on-engine.ts';
import { isKeptBy } from './revision-tags.ts';
import { chosenOf } from './which-revision-grades.ts';

/** What is in an engine right now. tags: every reference, also of images that are not environments. */
export type ListedImages = { engine: string; images: readonly EnvironmentImage[]; tags: ReadonlySet<string> };

const idOf = ({ environment }: EnvironmentImage): string => `${environment.name}@${environment.digest}`;

/** What only another installation keeps is not here for us: it may be thrown away at any time. */
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
  // Where nothing else has its name, people took it away, though another installation may keep the image.
  const isTaken = revision.presence === 'named' && !tags.has(revision.image);
  return revision.promotedAt !== null && !isTaken;
}

/** A kept name does not undo that people removed theirs. */
export const presenceOfLost = (presence: Presence, isBack: boolean): Presence =>
  isBack ? (presence === 'removed' ? 'removed' : 'moved') : 'gone';

/** How an image stands now. release: nothing needs it, unless it graded a run; then it is "removed". */
export type ImageChange = { revision: KnownRevision; image: string; presence: Presence | 'release' };

/** Of all revisions whose image is listed. */
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
    // People took its name away and gave it to nothing else.
    return isPinned(history, revision) ? 'removed' : 'release';
  }
  // A command has written that it throws it away, and is about to.
  if (presence === 'gone') return 'gone';
  if (presence !== 'removed') return 'moved';
  // An image that people remove and build anew is replaced: it grades until the new one is tested.
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

/** Names whose current revision changes by what is here and what is not. */
export function promotionsOf(history: HistoryState, images: readonly EnvironmentImage[]): Promotion[] {
  const elsewhere = new Set(
    history.revisions.flatMap(({ name, digest, isElsewhere }) => (isElsewhere ? `${name}@${digest}` : [])),
  );
  return [...chosenOf(history, images)].flatMap(([name, digest]) => {
    const seen = history.currents.get(name);
    if (typeof digest !== 'string' || digest === seen?.digest) return [];
    // Another engine grades with the current one: this engine only helps itself with what it has.
    if (seen && elsewhere.has(`${name}@${seen.digest}`)) return [];
    const why = seen ? 'The one before was taken out of the engine.' : 'It is the first image of this name.';
    return [{ name, digest, by: null, why, seen }];
  });
}
